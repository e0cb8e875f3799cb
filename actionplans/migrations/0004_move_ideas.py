from django.db import migrations


def move(apps, schema_editor, source, target, names):
    rows = apps.get_model("actionplans", source)._default_manager.order_by("pk")
    model = apps.get_model("actionplans", target)
    model._default_manager.bulk_create(
        [
            model(partner_id=row.partner_id, note=row.note, **{new: getattr(row, old) for old, new in names.items()})
            for row in rows
        ]
    )


def forwards(apps, schema_editor):
    move(apps, schema_editor, "TestingAction", "TestingIdea", {"idea": "title"})


def backwards(apps, schema_editor):
    move(apps, schema_editor, "TestingIdea", "TestingAction", {"title": "idea"})


class Migration(migrations.Migration):
    """What was called a testing action was its idea: it is kept as one."""

    dependencies = [("actionplans", "0003_testing_ideas")]

    operations = [migrations.RunPython(forwards, backwards)]
