"""Under which names a reviewed change was made: four eyes know its maker by each of them."""

from django.db import migrations, models


def from_makers(apps, schema_editor):
    """Of changes that were made before, one name is known."""
    for change in apps.get_model("zones", "Change").objects.only("created_by"):
        change.names = [change.created_by]
        change.save(update_fields=["names"])


class Migration(migrations.Migration):

    dependencies = [
        ("zones", "0005_plan_changes"),
    ]

    operations = [
        migrations.AddField(
            model_name="change",
            name="names",
            field=models.JSONField(default=list),
        ),
        migrations.RunPython(from_makers, migrations.RunPython.noop),
    ]
