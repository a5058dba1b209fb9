"""Every message that the code makes is in the codes registry, with its parameters; and every one there is made."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator

from common.codes import CODES
from common.codes.registry import SHARED
from tests.support.sources import ROOT, each


def made() -> Iterator[tuple[str, str, frozenset[str], str]]:
    """Find every ``message(CODE, SAYS, …)``: code, name of the sentence, parameters, place."""
    for path, call in each(ast.Call):
        if getattr(call.func, "id", "") != "message":
            continue
        place = f"{path.relative_to(ROOT)}:{call.lineno}"
        words = [item.value if isinstance(item, ast.Constant) else None for item in call.args]
        assert words and None not in words, f"{place}: code and name of the sentence are literals"
        says = str(words[1]) if len(words) > 1 else ""
        yield str(words[0]), says, frozenset(str(item.arg) for item in call.keywords), place


def shared() -> Iterator[tuple[str, frozenset[str], str]]:
    """Find every ``….within(SAYS, …)``: name of the sentence, parameters, place."""
    for path, call in each(ast.Call):
        if getattr(call.func, "attr", "") == "within":
            [says] = [item.value for item in call.args if isinstance(item, ast.Constant)]
            given = frozenset(str(item.arg) for item in call.keywords)
            yield str(says), given, f"{path.relative_to(ROOT)}:{call.lineno}"


def parameters(template: str) -> set[str]:
    """Return the names of the parameters of a template."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_each_message_is_registered_with_its_parameters() -> None:
    for code, says, params, place in made():
        assert code in CODES and says in CODES[code].says, f"{place}: {code} says no {says!r}"
        template = CODES[code].says[says]
        wanted = parameters(template.detail) | parameters(template.remedy)
        assert parameters(template.page) <= wanted, f"{code} {says}: {template.page}"
        assert params == wanted, f"{place}: {code} {says}: {sorted(params ^ wanted)}"


def test_each_sentence_of_the_registry_is_made() -> None:
    used = {(code, says) for code, says, _, _ in made()}
    assert {(code, says) for code, item in CODES.items() for says in item.says} - used == set()


# What only a command line says or can do: how its own options are used, and a change of a zone's id.
OF_COMMANDS = re.compile(r"C\d\d|T03|R23|S1[12]")
_OPTION = re.compile(r"(?<![\w-])--?[a-zA-Z][\w-]*")


def test_no_page_speaks_of_options_of_a_command() -> None:
    """Require a wording for pages wherever what to do is said with options outside a command."""
    for code, item in CODES.items():
        for says, template in item.says.items():
            shown = re.sub("`[^`]*`", "", template.page or template.remedy)
            # Programs of a node's own shell have options, too.
            shown = re.sub(
                r"ssh-keygen -A|ssh-keyscan -f ip_list|getent passwd|usermod -s|ls -l|date -u -s|hwclock -w",
                "",
                shown,
            )
            assert not _OPTION.search(shown) or OF_COMMANDS.fullmatch(code), f"{code} {says}: {shown}"


def test_shared_sentences_are_made_with_their_parameters() -> None:
    used = set()
    for says, params, place in shared():
        wanted = parameters(SHARED[says].detail) | parameters(SHARED[says].remedy)
        assert params | {"said"} == wanted, place
        used.add(says)
    assert used == SHARED.keys()


def test_no_code_has_a_sentence_of_the_name_of_a_shared_one() -> None:
    assert not [code for code, item in CODES.items() if item.says.keys() & SHARED.keys()]
