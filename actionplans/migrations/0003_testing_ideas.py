import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("actionplans", "0002_initial"), ("partners", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="TestingIdea",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.TextField(blank=True, verbose_name="Idea")),
                ("what", models.TextField(blank=True, verbose_name="What it is")),
                ("why", models.TextField(blank=True, verbose_name="Why we would try it")),
                ("note", models.CharField(blank=True, max_length=200)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("is_dropped", models.BooleanField(default=False)),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="testing_ideas",
                        to="partners.partner",
                    ),
                ),
            ],
            options={"ordering": ("position", "pk")},
        ),
    ]
