"""What the program knows and says, in the admin site."""

from django.contrib import admin

from core.admin import Blocks, SetUpAdmin
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


@admin.register(Script)
class ScriptAdmin(SetUpAdmin):
    """A script that operators read from stays: they would be left without words in the middle of a call."""

    list_display = ("name", "slug")
    inlines = (StepBlocks,)


@admin.register(OpeningHours)
class OpeningHoursAdmin(SetUpAdmin):
    fixed = ()
    list_display = ("slug", "weekday", "opens", "closes")
    list_filter = ("weekday",)


@admin.register(Holiday)
class HolidayAdmin(SetUpAdmin):
    fixed = ()
    list_display = ("date", "name", "slug")
    ordering = ("-date",)
