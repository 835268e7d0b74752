"""The API's description for people, made of the same OpenAPI that machines get: a page of ours, without JavaScript.

The viewers that come with drf-spectacular need inline styles, which our policy forbids; this needs no exception.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from drf_spectacular.generators import SchemaGenerator
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.views import APIView


class Nothing(APIView):
    """For an address below /api/v1/ that does not exist: said in JSON, like everything there."""

    authentication_classes, permission_classes = (), (AllowAny,)
    schema = None

    def initial(self, request, *args, **kwargs) -> None:
        raise NotFound(_("There is nothing at this address."))


def docs(request: HttpRequest) -> HttpResponse:
    """Every operation with its parameters, answers and refusals; for whoever has the address."""
    schema = SchemaGenerator().get_schema(public=True)
    parts = schema["components"]["schemas"]
    operations = [
        _operation(path, method, said, parts) for path, ways in schema["paths"].items() for method, said in ways.items()
    ]
    key = schema["components"]["securitySchemes"]["key"]
    return render(request, "api/docs.html", {"info": schema["info"], "operations": operations, "key": key})


def _operation(path: str, method: str, said: dict, parts: dict) -> dict:
    answers = said["responses"]
    return {
        "id": said["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": said["summary"],
        "description": said["description"],
        "parameters": [_row(one["name"], one["schema"] | one, parts) for one in said.get("parameters", ())],
        "answer": list(_fields(_schema_of(answers["200"]), parts)),
        "refusals": [(code, answer["description"]) for code, answer in sorted(answers.items()) if code != "200"],
    }


def _fields(schema: dict, parts: dict, before: str = "") -> list[dict]:
    """The fields of an answer, those of rows inside it named behind a dot."""
    found = []
    for name, said in _whole(schema, parts)["properties"].items():
        found.append(_row(before + name, said, parts))
        if said.get("type") == "array" and "$ref" in said["items"]:
            found += _fields(said["items"], parts, f"{before}{name}[].")
    return found


def _row(name: str, said: dict, parts: dict) -> dict:
    flat = said
    for one in said.get("allOf", ()):
        flat = _whole(one, parts) | flat
    flat = _whole(flat, parts) | flat
    return {
        "name": name,
        "kind": " ".join(filter(None, (flat.get("type", ""), flat.get("format", "")))),
        "values": [str(value) for value in flat.get("enum", ())],
        "default": flat.get("default"),
        "nullable": flat.get("nullable", False),
        "text": said.get("description") or "",
    }


def _schema_of(answer: dict) -> dict:
    return answer["content"]["application/json"]["schema"]


def _whole(schema: dict, parts: dict) -> dict:
    """What a reference refers to; itself if it is none."""
    return parts[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
