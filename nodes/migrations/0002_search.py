from ipaddress import ip_address

from django.db import DatabaseError, migrations, models, transaction

# PostgreSQL finds a part of a text through trigrams. The expressions are those that Django compares (icontains).
TRIGRAMS = {
    "node_search": ("nodes_node", ("node_id::text", "HOST(mgmt_address)", "hostname::text", "product_serial::text")),
    "interface_search": ("nodes_networkinterface", ("mac::text",)),
}


def set_order(apps, schema_editor):
    nodes = apps.get_model("nodes", "Node")
    rows = list(nodes.objects.only("mgmt_address"))
    for row in rows:
        parsed = ip_address(row.mgmt_address)
        row.address_order = f"{parsed.version}{parsed.packed.hex()}"
    nodes.objects.bulk_update(rows, ["address_order"], batch_size=500)


def add_search(apps, schema_editor):
    """Add indexes for parts of texts. Without the extension, or the right to add it, rows are read one by one."""
    connection = schema_editor.connection
    if connection.vendor == "sqlite":
        # An index that has all columns is read instead of the table, which is twenty times as large.
        schema_editor.execute(
            "CREATE INDEX node_search ON nodes_node (hostname, mgmt_address, product_serial, node_id, id)"
        )
        return
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            for name, (table, expressions) in TRIGRAMS.items():
                columns = ", ".join(f"UPPER({expression}) gin_trgm_ops" for expression in expressions)
                cursor.execute(f"CREATE INDEX {name} ON {table} USING gin ({columns})")
    except DatabaseError:
        return


def drop_search(apps, schema_editor):
    for name in TRIGRAMS:
        schema_editor.execute(f"DROP INDEX IF EXISTS {name}")


class Migration(migrations.Migration):
    dependencies = [("nodes", "0001_initial")]

    operations = [
        migrations.AddField("node", "address_order", models.CharField(default="", editable=False, max_length=33)),
        migrations.AlterModelOptions(
            "node", {"ordering": ("address_order",), "verbose_name": "node", "verbose_name_plural": "nodes"}
        ),
        migrations.RunPython(set_order, migrations.RunPython.noop),
        migrations.AddIndex("node", models.Index(fields=["address_order"], name="node_address_order")),
        migrations.AddIndex("networkinterface", models.Index(fields=["mac", "node"], name="interface_mac")),
        migrations.RunPython(add_search, drop_search),
    ]
