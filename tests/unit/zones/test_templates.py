"""Templates: every field is there with its comment, and a filled template is a valid file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from common.errors import Refused
from zones.core.documents import load_settings, load_variables
from zones.core.documents.schema import COMPONENTS, REQUIRED, SDN, SECTIONS
from zones.core.documents.settings import KEYS
from zones.services.templates import TEMPLATES, copy_template, template_text

WORDS = ("required", "default", "auto generated")


def comments(text: str) -> dict[str, str]:
    """Return the comment above each key, by ``section.key``."""
    found, above, section = {}, "", ""
    for line in text.splitlines():
        match = re.match(r"( *)([a-z0-9_]+):", line)
        if line.lstrip().startswith("#"):
            above += f"{line.strip('# ')} "
        elif match:
            section = match[2] if not match[1] else section
            found[f"{section}.{match[2]}" if match[1] else match[2]] = above
            above = "" if above or match[1] else above
        elif not line.strip():
            above = ""
    return found


def test_every_field_of_variables_is_there_and_says_what_it_is() -> None:
    text = template_text("variables", "pek3d")
    content, said = yaml.safe_load(text), comments(text)
    for section, fields in SECTIONS.items():
        assert set(content[section]) == set(fields), section
        for key, field in fields.items():
            word = (
                "required" if field.need in (REQUIRED, SDN) else WORDS[1 if field.default is not None else 2]
            )
            assert said[f"{section}.{key}"].startswith(word), (section, key, said[f"{section}.{key}"])
            assert all(choice in said[f"{section}.{key}"] for choice in field.choices), (section, key)
    for component, required in COMPONENTS.items():
        assert set(content[component]) == {f"deploy_{component}", *required}


@pytest.mark.parametrize("template", ["settings", "scale_settings"])
def test_every_section_of_settings_is_there_and_says_what_it_is(template: str) -> None:
    text = template_text(template, "pek3d")
    said = comments(text)
    keys = set(KEYS) - ({"vms"} if template == "scale_settings" else set())
    assert set(yaml.safe_load(text)) == keys == set(said)
    assert all(comment.startswith(WORDS) for comment in said.values()), said


def test_a_filled_template_is_a_good_file() -> None:
    text = template_text("variables", "pek3d").replace("region_id: ''", "region_id: pek3")
    text = text.replace("mgmt_network_gateway: ''", "mgmt_network_gateway: 172.16.80.1")
    document, findings = load_variables("variables.pek3d.yaml", text.encode())
    assert document is not None and findings == []
    for name, kind in (("settings", "zone"), ("scale_settings", "scale")):
        examples = re.sub(r"^# (172\.\S+: \{role)", r"  \1", template_text(name, "pek3d"), flags=re.MULTILINE)
        lines = [line for line in examples.splitlines() if line.startswith("  172.")]
        filled = template_text(name, "pek3d").replace("roles: {}", "\n".join(["roles:", *lines]))
        settings, findings = load_settings(f"{name}.pek3d.yaml", filled.encode(), kind)
        assert settings is not None and findings == [] and len(settings.roles) == 3


def test_an_empty_template_says_what_is_missing() -> None:
    _, findings = load_variables("variables.pek3d.yaml", template_text("variables", "pek3d").encode())
    assert {item.field for item in findings} == {"common.region_id", "base.mgmt_network_gateway"}


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    written = copy_template(zone_id="pek3d", folder=folder)
    assert [path.name for path in written] == ["variables.pek3d.yaml", "settings.pek3d.yaml"]
    written[0].write_text("mine")
    with pytest.raises(Refused, match="already exists"):
        copy_template(zone_id="pek3d", templates=("scale_settings", "variables"), folder=folder)
    assert written[0].read_text() == "mine" and not (folder / "scale_settings.pek3d.yaml").exists()
    with pytest.raises(Refused, match="is not a valid zone id"):
        copy_template(zone_id="../pek3d", folder=folder)
    with pytest.raises(Refused, match=TEMPLATES[0]):
        template_text("hosts", "pek3d")
