from django.db import migrations


class Migration(migrations.Migration):
    """Ideas have moved; the name becomes free, with its indexes, for testing actions themselves."""

    dependencies = [("actionplans", "0004_move_ideas")]

    operations = [migrations.DeleteModel("TestingAction")]
