"""A partner pulls the appointments of its agency: read-only, and of a person no more than our reference.

Holds are not told: nobody was promised anything yet. Every pull leaves a line in the access log, before it is answered.
"""

from datetime import UTC, datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_field,
    extend_schema_serializer,
)
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from contactcenter.api import pages
from core import clock
from core.access import looked
from core.models import AccessLog
from scheduling.models import Appointment

State = Appointment.State
TOLD = (State.BOOKED, State.KEPT, State.CANCELLED, State.MOVED)
MOST, USUALLY = 500, 100
# What is not told is not read: no name, birth date or number leaves the database.
_READ = (
    "token", "state", "version", "source", "booked_at", "ended_at", "changed_at", "service__slug",
    "person__reference", "moved_to__token", "slot__starts_at", "slot__ends_at", "slot__session__service_date",
    "slot__session__site__slug", "slot__session__site__time_zone", "slot__session__site__county__name",
    "slot__session__site__county__fips",
)  # fmt: skip


class _Utc(serializers.DateTimeField):
    """A moment in UTC, with its Z."""

    def __init__(self, **options) -> None:
        super().__init__(default_timezone=UTC, **options)


@extend_schema_serializer(component_name="Appointment")
class AppointmentOut(serializers.Serializer):
    """An appointment, as a partner sees it."""

    token = serializers.UUIDField(help_text=_("Its name for good."))
    state = serializers.ChoiceField(
        [(state.value, state.value) for state in TOLD],
        help_text=_("booked: to come. kept: the person came. cancelled. moved: see moved_to."),
    )
    version = serializers.IntegerField(help_text=_("Grows with every change: the higher one is the newer."))
    service = serializers.SlugField(source="service.slug", help_text=_("What it is for."))
    site = serializers.SlugField(source="slot.session.site.slug", help_text=_("Where it is."))
    county = serializers.CharField(source="slot.session.site.county.name", help_text=_("The county of the site."))
    county_fips = serializers.CharField(
        source="slot.session.site.county.fips", help_text=_("The county's code, five digits.")
    )
    day = serializers.DateField(
        source="slot.session.service_date", help_text=_("The day of the clinic, on the clinic's own calendar.")
    )
    starts_at = serializers.SerializerMethodField(help_text=_("On the clinic's own clock, with its offset from UTC."))
    ends_at = serializers.SerializerMethodField(help_text=_("On the clinic's own clock, with its offset from UTC."))
    time_zone = serializers.CharField(
        source="slot.session.site.time_zone", help_text=_("The clinic's zone, such as America/Chicago.")
    )
    person = serializers.CharField(
        source="person.reference", help_text=_("Our reference for the person. It says nothing about them.")
    )
    source = serializers.ChoiceField(
        [(source.value, source.value) for source in Appointment.Source], help_text=_("Where it was made.")
    )
    booked_at = _Utc(help_text=_("When it was made, UTC."))
    changed_at = _Utc(help_text=_("When its state last changed, UTC."))
    ended_at = _Utc(allow_null=True, help_text=_("When it was kept, cancelled or moved, UTC."))
    moved_to = serializers.SerializerMethodField(help_text=_("Token of the appointment it was moved to."))

    @extend_schema_field(OpenApiTypes.DATETIME)
    def get_starts_at(self, row: Appointment) -> str:
        return _local(row, row.slot.starts_at)

    @extend_schema_field(OpenApiTypes.DATETIME)
    def get_ends_at(self, row: Appointment) -> str:
        return _local(row, row.slot.ends_at)

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_moved_to(self, row: Appointment) -> str | None:
        return str(row.moved_to.token) if row.state == State.MOVED and row.moved_to else None


def _local(row: Appointment, moment: datetime) -> str:
    return moment.astimezone(row.slot.session.site.zone).isoformat()


_A_DAY = {"invalid": _("Please give a day such as 2026-01-14.")}


class Wanted(serializers.Serializer):
    """What may be asked of the list. A parameter nobody knows is refused: misspelled, it would be passed over."""

    changed_since = serializers.DateTimeField(
        required=False,
        input_formats=["%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%dT%H:%M:%S%z"],
        error_messages={"invalid": _("Please give a moment with its offset, such as 2026-01-14T15:00:00Z.")},
        help_text=_("Only what changed after this moment, with its offset: the as_of of your last pull."),
    )
    first_day = serializers.DateField(
        required=False, error_messages=_A_DAY, help_text=_("The first day of the clinics.")
    )
    last_day = serializers.DateField(
        required=False, error_messages=_A_DAY, help_text=_("The last day of the clinics, included.")
    )
    state = serializers.ChoiceField(
        [(state.value, state.value) for state in TOLD],
        required=False,
        help_text=_("Only those in this state."),
    )
    site = serializers.SlugField(required=False, help_text=_("Only this site, by its slug."))
    limit = serializers.IntegerField(
        required=False, default=USUALLY, min_value=1, max_value=MOST, help_text=_("How many in one answer.")
    )
    cursor = serializers.CharField(required=False, help_text=_("Where the next page begins: comes with next."))

    def get_fields(self) -> dict:
        """`from` and `to` for those who ask; Python keeps the first of these words to itself."""
        names = {"first_day": "from", "last_day": "to"}
        return {names.get(name, name): field for name, field in super().get_fields().items()}

    def validate(self, asked: dict) -> dict:
        unknown = sorted(set(self.initial_data) - set(self.fields))
        if unknown:
            raise ValidationError({name: [_("There is no such parameter.")] for name in unknown})
        return asked


@extend_schema_serializer(many=False)
class Pulled(serializers.Serializer):
    """A page of them."""

    results = AppointmentOut(many=True, help_text=_("In the order of their last change."))
    next = serializers.URLField(allow_null=True, help_text=_("Where the next page is; null: that was all."))
    as_of = _Utc(help_text=_("Once next is null, you have everything up to here: your next changed_since."))


class Problem(serializers.Serializer):
    """Why not."""

    detail = serializers.CharField(help_text=_("What happened, and what to do."))
    fields = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text=_("The same of each parameter that was amiss."),
    )


_REFUSALS = {
    401: OpenApiResponse(Problem, _("No key, or not one we know.")),
    403: OpenApiResponse(Problem, _("The key does not open this.")),
    429: OpenApiResponse(Problem, _("Too many at once; the header Retry-After says how many seconds to wait.")),
}


class Appointments(GenericViewSet):
    """What was booked at the agency's sites, and what became of it."""

    scope = "appointments:read"
    serializer_class = AppointmentOut
    queryset = Appointment.objects.none()
    lookup_field = "token"
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[Appointment]:
        rows = Appointment.objects.filter(agency_id=self.request.auth.agency_id, state__in=TOLD)
        return rows.select_related("service", "person", "moved_to", "slot__session__site__county").only(*_READ)

    @extend_schema(
        operation_id="appointments",
        summary=_("Appointments that changed"),
        description=_(
            "Oldest change first. For a copy that stays true: follow next until it is null, keep as_of, and ask again "
            "with changed_since. A change is told half a minute after it was made. One that comes twice has a higher "
            "version the second time."
        ),
        parameters=[Wanted],
        responses={200: Pulled, 400: OpenApiResponse(Problem, _("Something asked for makes no sense.")), **_REFUSALS},
    )
    def list(self, request: Request) -> Response:
        at = clock.now()
        wanted = Wanted(data=request.query_params.dict())
        wanted.is_valid(raise_exception=True)
        asked, until = wanted.validated_data, pages.settled(at)
        found, cursor = pages.page(self._like(asked), cursor=asked.get("cursor", ""), limit=asked["limit"], until=until)
        following = pages.address(request.path, request.query_params.dict(), cursor)
        said = Pulled({"results": found, "next": following, "as_of": until}).data
        self._note(request, at)
        return Response(said)

    @extend_schema(
        operation_id="appointment",
        summary=_("One appointment"),
        description=_("As it is at this moment."),
        parameters=[OpenApiParameter("token", OpenApiTypes.UUID, "path", description=_("From the list."))],
        responses={
            200: AppointmentOut,
            404: OpenApiResponse(Problem, _("There is none of this token at your agency.")),
            **_REFUSALS,
        },
    )
    def retrieve(self, request: Request, token: str) -> Response:
        said = AppointmentOut(self.get_object()).data
        self._note(request, clock.now())
        return Response(said)

    def _like(self, asked: dict) -> QuerySet[Appointment]:
        columns = {
            "changed_since": "changed_at__gt", "from": "slot__session__service_date__gte",
            "to": "slot__session__service_date__lte", "state": "state", "site": "slot__session__site__slug",
        }  # fmt: skip
        return self.get_queryset().filter(**{columns[name]: asked[name] for name in columns if name in asked})

    def _note(self, request: Request, at: datetime) -> None:
        looked(
            AnonymousUser(), request.auth.agency_id, AccessLog.Action.EXPORTED, "scheduling.appointment",
            request.auth.prefix, where="api", at=at,
        )  # fmt: skip
