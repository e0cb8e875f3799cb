"""Link who was at local meetings to the network's people: one a city and folded name."""

from django.db import migrations

from aoce.common.folding import fold


def link(apps, _schema_editor):
    Attendee = apps.get_model("meetings", "Attendee")
    Person = apps.get_model("partners", "Person")
    known = {(p.partner_id, p.folded): p.pk for p in Person.objects.exclude(partner=None).order_by("-pk")}
    rows = Attendee.objects.filter(person=None).select_related("report__meeting__partner").order_by("pk")
    for attendee in rows.iterator():
        partner = attendee.report.meeting.partner
        key = partner.pk, fold(attendee.name)[:200]
        if key not in known:
            known[key] = Person.objects.create(
                network_id=partner.network_id,
                partner_id=partner.pk,
                name=attendee.name,
                folded=key[1],
                organisation=attendee.organisation,
                kind_id=attendee.kind_id,
            ).pk
        attendee.person_id = known[key]
        attendee.save(update_fields=["person"])


class Migration(migrations.Migration):
    dependencies = [("meetings", "0003_attendee_person"), ("partners", "0003_person_of_each_group_member")]
    operations = [migrations.RunPython(link, migrations.RunPython.noop, elidable=True)]
