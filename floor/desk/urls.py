"""Addresses of the desk. They carry a row's number where one is meant, never a name or anything typed."""

from django.urls import path

from floor.desk import views, views_debts, views_drafts, views_later, views_say, views_talk, views_tell, views_who

urlpatterns = [
    path("desk/", views.desk, name="desk"),
    path("desk/columns/", views.columns, name="desk-columns"),
    path("desk/card/", views.snapshot, name="desk-card"),
    path("desk/ready/", views.ready, name="desk-ready"),
    path("desk/away/", views.away, name="desk-away"),
    path("desk/not-now/", views.not_now, name="desk-not-now"),
    path("desk/hang-up/", views.hang_up, name="desk-hang-up"),
    path("desk/more-time/", views.more_time, name="desk-more-time"),
    path("desk/seen/", views_tell.seen, name="desk-seen"),
    path("desks/tell/", views_tell.tell, name="desk-tell"),
    path("desks/take-down/", views_tell.take_down, name="desk-take-down"),
    path("desk/hold/", views_talk.hold, name="desk-hold"),
    path("desk/mute/", views_talk.mute, name="desk-mute"),
    path("desk/transfer/", views_talk.transfer, name="desk-transfer"),
    path("desk/consult/", views_talk.consult, name="desk-consult"),
    path("desk/help/", views_talk.ask_for_help, name="desk-help"),
    path("desk/listened/", views_talk.listened, name="desk-listened"),
    path("desk/after/", views.after, name="desk-after"),
    path("desk/people/search/", views_who.search, name="desk-search"),
    path("desk/people/new/", views_who.enter, name="desk-enter"),
    path("desk/people/<int:person_id>/check/", views_who.check, name="desk-check"),
    path("desk/later/", views_later.set_call, name="desk-later"),
    path("desk/step/", views_say.step, name="desk-step"),
    path("desk/save/", views_say.save, name="desk-save"),
    path("desk/missed/", views_debts.listed, name="desk-debts"),
    path("desk/missed/<int:debt_id>/take/", views_debts.take, name="desk-debt-take"),
    path("desk/missed/call/", views_debts.call, name="desk-debt-call"),
    path("desk/missed/give-back/", views_debts.give_back, name="desk-debt-give-back"),
    path("desk/messages/<int:recording_id>/", views_debts.message, name="desk-message"),
    path("desk/finish/", views_say.finish, name="desk-finish"),
    path("desk/drafts/<int:handling_id>/", views_drafts.draft, name="desk-draft"),
    path("desk/drafts/<int:handling_id>/save/", views_drafts.save, name="desk-draft-save"),
    path("desk/drafts/<int:handling_id>/finish/", views_drafts.finish, name="desk-draft-finish"),
]
