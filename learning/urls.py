"""Addresses of learning within a network."""

from django.urls import path

from learning.views import contacts, groups, matrix, needs, papers, practices, surveys

app_name = "learning"
urlpatterns = [
    path("", matrix.matrix, name="matrix"),
    path("matrix/history/", matrix.history, name="matrix_history"),
    path("matrix/sheet.xlsx", matrix.sheet, name="matrix_sheet"),
    path("matrix/pdf/", matrix.pdf, name="matrix_pdf"),
    path("matrix/needs/new/", matrix.need_new, name="knowledge_need_new"),
    path("matrix/needs/<int:pk>/", matrix.knowledge_need, name="knowledge_need"),
    path("practices/", practices.practices, name="practices"),
    path("practices/new/", practices.practice_new, name="practice_new"),
    path("practices/<slug:slug>/", practices.practice, name="practice"),
    path("practices/<slug:slug>/edit/", practices.practice_edit, name="practice_edit"),
    path("practices/<slug:slug>/ask/", contacts.ask, name="ask"),
    path("contacts/", contacts.contacts, name="contacts"),
    path("contacts/<int:pk>/", contacts.contact, name="contact"),
    path("needs/", needs.needs, name="needs"),
    path("needs/new/", needs.need_edit, name="need_new"),
    path("needs/agenda/", needs.put_on_agenda, name="needs_agenda"),
    path("needs/<int:pk>/", needs.need, name="need"),
    path("needs/<int:pk>/edit/", needs.need_edit, name="need_edit"),
    path("surveys/<int:pk>/needs/", needs.adopt, name="needs_adopt"),
    path("surveys/", surveys.survey_list, name="surveys"),
    path("surveys/new/", surveys.survey_edit, name="survey_new"),
    path("surveys/<int:pk>/", surveys.survey_detail, name="survey"),
    path("surveys/<int:pk>/edit/", surveys.survey_edit, name="survey_edit"),
    path("surveys/<int:pk>/do/", surveys.survey_do, name="survey_do"),
    path("surveys/<int:pk>/wall/", surveys.wall, name="survey_wall"),
    path("surveys/<int:pk>/answers.<str:kind>", surveys.export, name="survey_export"),
    path("surveys/<int:pk>/questions/new/", surveys.question_edit, name="question_new"),
    path("surveys/<int:pk>/questions/<int:question>/", surveys.question_edit, name="question_edit"),
    path("papers/<slug:code>/", papers.paper, name="paper"),
    path("groups/", groups.groups, name="groups"),
    path("groups/proposal/", groups.proposal, name="groups_proposal"),
    path("groups/new/", groups.group, name="group_new"),
    path("groups/<int:pk>/", groups.group, name="group"),
]
