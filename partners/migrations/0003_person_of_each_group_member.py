"""Give everybody in a local group their row among the network's people: one a city and folded name."""

from django.db import migrations

from aoce.common.folding import fold


def link(apps, _schema_editor):
    Member = apps.get_model("partners", "LocalGroupMember")
    Person = apps.get_model("partners", "Person")
    known = {}
    for member in Member.objects.filter(person=None).select_related("partner").order_by("pk").iterator():
        key = member.partner_id, fold(member.name)[:200]
        if key not in known:
            known[key] = Person.objects.create(
                network_id=member.partner.network_id,
                partner_id=member.partner_id,
                name=member.name,
                folded=key[1],
                organisation=member.organisation,
                kind_id=member.kind_id,
                email=member.email,
            ).pk
        member.person_id = known[key]
        member.save(update_fields=["person"])


def unlink(apps, _schema_editor):
    apps.get_model("partners", "Person").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("partners", "0002_people_of_the_network")]
    operations = [migrations.RunPython(link, unlink, elidable=True)]
