"""Settings of the API, closed by default: a view that says nothing lets nobody in and speaks JSON only."""

from django.utils.translation import gettext_lazy as _

RATE = "120/min"  # by key and process; a pull every second is welcome, a loop without a pause is not

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["contactcenter.api.door.KeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["contactcenter.api.door.HasScope"],
    "DEFAULT_THROTTLE_CLASSES": ["contactcenter.api.door.ByKey"],
    "DEFAULT_THROTTLE_RATES": {"key": RATE},
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "contactcenter.api.refusals.problem",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Kindline",
    "VERSION": "1",
    "DESCRIPTION": _("Read the appointments of your agency. Nothing can be changed here."),
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],  # it describes the door, and opens nothing
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SCHEMA_COERCE_PATH_PK": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "COMPONENT_SPLIT_REQUEST": True,
}
