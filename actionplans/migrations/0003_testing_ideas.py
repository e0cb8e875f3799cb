from django.db import migrations, models


class Migration(migrations.Migration):
    """What was called a testing action was its idea."""

    dependencies = [("actionplans", "0002_initial"), ("partners", "0001_initial")]

    operations = [
        migrations.RenameModel("TestingAction", "TestingIdea"),
        migrations.RenameField("TestingIdea", "idea", "title"),
        migrations.AlterField(
            "TestingIdea",
            "partner",
            models.ForeignKey(on_delete=models.CASCADE, related_name="testing_ideas", to="partners.partner"),
        ),
    ]
