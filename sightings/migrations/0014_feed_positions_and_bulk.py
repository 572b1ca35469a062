import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sightings", "0013_evidence"),
    ]

    operations = [
        migrations.CreateModel(
            name="FeedPosition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, unique=True)),
                ("upto", models.BigIntegerField()),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.AddField(
            model_name="correctionbatch",
            name="action",
            field=models.CharField(
                choices=[
                    ("correct", "Corrected"),
                    ("confirm", "Confirmed"),
                    ("reject", "Rejected"),
                    ("flag", "Flagged"),
                ],
                default="correct",
                max_length=7,
            ),
        ),
        migrations.AlterField(
            model_name="correctionbatch",
            name="text",
            field=models.CharField(blank=True, help_text="What they were corrected to", max_length=16),
        ),
        migrations.AddConstraint(
            model_name="correctionbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(("action__in", ["correct", "confirm", "reject", "flag"])), name="batch_action_known"
            ),
        ),
        migrations.AddField(
            model_name="flag",
            name="batch",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="flags",
                to="sightings.correctionbatch",
            ),
        ),
    ]
