import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

UNSURE = Q(confidence__lt=0.75) | Q(plate_raw__contains="?")


def say_what_is_current(apps, schema_editor):
    """New rows are current unless said otherwise; those of runs that were replaced are not."""
    sightings = apps.get_model("sightings", "Sighting").objects
    sightings.filter(run__is_current=False).update(current=False)


def forget_the_days(apps, schema_editor):
    """The log is no longer grouped by UTC day: each day is counted by itself, in the zone that is asked for."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP STATISTICS IF EXISTS sighting_day")


class Migration(migrations.Migration):
    dependencies = [
        ("sightings", "0006_widen_sighting_by_time"),
    ]

    operations = [
        migrations.RunPython(forget_the_days, migrations.RunPython.noop),
        migrations.AddField(
            model_name="sighting",
            name="current",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="sighting",
            name="doubtful",
            field=models.GeneratedField(
                db_persist=True,
                expression=Q(flagged=True) | (Q(review_state="unreviewed") & UNSURE),
                output_field=models.BooleanField(),
            ),
        ),
        migrations.RunPython(say_what_is_current, migrations.RunPython.noop),
        migrations.RemoveIndex(model_name="sighting", name="sighting_cursor"),
        migrations.RemoveIndex(model_name="sighting", name="sighting_review_queue"),
        migrations.RemoveIndex(model_name="sighting", name="sighting_by_time"),
        migrations.AddIndex(
            model_name="sighting",
            index=models.Index(
                condition=Q(current=True),
                fields=["fleet", "-seen_at", "-id", "region", "lat", "lon"],
                name="sighting_by_time",
            ),
        ),
        migrations.AddIndex(
            model_name="sighting",
            index=models.Index(condition=Q(current=True), fields=["fleet", "-id"], name="sighting_cursor"),
        ),
        migrations.AddIndex(
            model_name="sighting",
            index=models.Index(
                condition=Q(current=True, doubtful=True),
                fields=["fleet", "-flagged", "confidence", "id"],
                name="sighting_review_queue",
            ),
        ),
        migrations.AddIndex(
            model_name="sighting",
            index=models.Index(
                condition=Q(current=True), fields=["fleet", "review_state", "-id"], name="sighting_by_state"
            ),
        ),
        migrations.CreateModel(
            name="SavedSearch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("words", models.JSONField(blank=True, default=dict)),
                ("seen_upto", models.BigIntegerField(default=0)),
                ("looked_at", models.DateTimeField(auto_now_add=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("deleted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "fleet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="searches", to="sightings.fleet"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="searches",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["name", "pk"],
                "constraints": [models.CheckConstraint(condition=~Q(name=""), name="savedsearch_has_a_name")],
            },
        ),
    ]
