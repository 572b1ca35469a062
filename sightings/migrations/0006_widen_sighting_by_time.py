from django.db import migrations, models


def know_the_days(apps, schema_editor):
    """Tell PostgreSQL how few days there are, or it sorts the whole log to count by day (1.2 s, 0.45 s so)."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE STATISTICS IF NOT EXISTS sighting_day ON ((seen_at AT TIME ZONE 'UTC')::date) FROM sightings_sighting"
        )


def forget_the_days(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP STATISTICS IF EXISTS sighting_day")


class Migration(migrations.Migration):
    dependencies = [
        ("sightings", "0005_video_warnings"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="sighting",
            name="sighting_by_time",
        ),
        migrations.AddIndex(
            model_name="sighting",
            index=models.Index(fields=["fleet", "-seen_at", "-id", "run", "lat", "lon"], name="sighting_by_time"),
        ),
        migrations.RunPython(know_the_days, forget_the_days),
    ]
