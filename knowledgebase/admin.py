"""What the program knows and says, in the admin site."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.admin import Blocks, SetUpAdmin
from core.admin_fields import weekday_name
from knowledgebase.models import Article, Holiday, OpeningHours, Script, ScriptStep


@admin.register(Article)
class ArticleAdmin(SetUpAdmin):
    list_display = ("title", "slug", "county", "audience", "active")
    list_filter = ("audience", "active")
    list_select_related = ("county",)
    search_fields = ("title", "title_es", "keywords")
    autocomplete_fields = ("county",)


class StepBlocks(Blocks):
    model = ScriptStep
    fields = (("order", "title", "title_es"), ("say", "say_es"), ("do", "do_es"), ("answers", "answers_es"))


@admin.register(Script)
class ScriptAdmin(SetUpAdmin):
    """A script that operators read from stays: they would be left without words in the middle of a call."""

    list_display = ("name", "slug")
    inlines = (StepBlocks,)


@admin.register(OpeningHours)
class OpeningHoursAdmin(SetUpAdmin):
    fixed = ()
    list_display = ("slug", "day", "opens", "closes")

    @admin.display(description=_("weekday"), ordering="weekday")
    def day(self, hours: OpeningHours) -> str:
        return weekday_name(hours.weekday)


@admin.register(Holiday)
class HolidayAdmin(SetUpAdmin):
    fixed = ()
    list_display = ("date", "name", "slug")
    ordering = ("-date",)
