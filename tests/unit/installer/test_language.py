"""Commands speak the language of the environment where the console has it; every text of theirs can be translated."""

from __future__ import annotations

import argparse
import ast
import io
import re
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import load_command_class
from django.core.management.base import OutputWrapper
from django.utils import translation
from rich.cells import cell_len

from installer.cli.headings import HEADINGS
from installer.cli.language import activate_language, environment_language
from installer.cli.output import csv_text
from installer.cli.progress import still_running
from installer.cli.tables import table_text, wrapped
from tests.support.sources import ROOT, parsed

FILES = sorted(
    path
    for folder in ("installer/cli", "installer/management/commands")
    for path in (ROOT / folder).glob("*.py")
)
MARKS = frozenset({"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext"})
# Calls whose texts are printed, and keyword arguments that are.
PRINTING = frozenset(
    {"say", "end", "ask", "write", "warn", "input", "getpass", "CommandError", "ArgumentTypeError"}
)
SHOWN = frozenset({"help", "description", "epilog", "prompt", "title", "question"})
# Findings come from the registry of codes; commands and their options are typed, not read.
_REFUSALS = frozenset({"because", "Refused", "Finding", "Failed", "NotFound"})
_WORDS = re.compile(r"[^\W\d_]{2,}(?:'\w+)?(?:[\s:;,.?!]|$)")
# Before the settings are read there is no language; a log is in English.
UNMARKED = frozenset({"is not valid UTF-8", ": type it again"})


def name_of(call: ast.Call) -> str:
    return getattr(call.func, "attr", None) or getattr(call.func, "id", "")


def literal(node: ast.expr) -> str:
    """Return the words of a text in the source, with a place holder for each value; empty for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(item.value if isinstance(item, ast.Constant) else "{}" for item in node.values)
    if isinstance(node, ast.BinOp):
        return literal(node.left) + literal(node.right)
    if isinstance(node, ast.IfExp):
        return literal(node.body) + literal(node.orelse)
    if isinstance(node, ast.BoolOp):
        return "".join(map(literal, node.values))
    return ""


def unmarked(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Find every text of a module that a person sees and that is not marked."""
    for node in ast.walk(tree):
        texts: list[ast.expr] = []
        if isinstance(node, ast.Call) and name_of(node) not in MARKS | _REFUSALS:
            texts += [keyword.value for keyword in node.keywords if keyword.arg in SHOWN]
            texts += node.args if name_of(node) in PRINTING else []
        if isinstance(node, ast.Assign) and any(getattr(item, "id", "") in SHOWN for item in node.targets):
            texts.append(node.value)
        for text in map(literal, texts):
            if _WORDS.search(text) and not any(part in text for part in UNMARKED):
                yield node.lineno, text


def marked(tree: ast.AST) -> Iterator[ast.expr]:
    """Find every argument of a call that marks a text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and name_of(node) in MARKS:
            yield from node.args[: 2 if name_of(node).startswith("ngettext") else 1]


def test_every_text_that_a_person_sees_is_marked() -> None:
    assert {path: found for path in FILES if (found := list(unmarked(parsed(path))))} == {}


def test_a_marked_text_is_one_text() -> None:
    """A catalogue holds the text as it is in the source: with values in it, it would never be found."""
    found = [(path, item) for path in FILES for item in marked(parsed(path))]
    assert len(found) > 100
    made = [(path, item) for path, item in found if isinstance(item, ast.JoinedStr | ast.BinOp)]
    assert [f"{path}: {ast.unparse(item)}" for path, item in made] == []


# Looked for in messages of databases, or no text.
NO_TEXTS = frozenset(
    {
        "no such table",
        "does not exist",
        "no such column",
        '(database|role) "[^"]*" does not exist',
        "bold red",
    }
)


def sentences(tree: ast.AST) -> Iterator[str]:
    """Find every text of two words or more that is neither marked nor a docstring, a log or part of a refusal."""
    known: set[int] = set()
    for node in ast.walk(tree):
        kept: list[ast.AST] = []
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            kept.append(node.body[0])
        if isinstance(node, ast.Call) and (
            name_of(node) in MARKS | _REFUSALS or ast.unparse(node.func).startswith("logger.")
        ):
            kept.append(node)
        if isinstance(node, ast.keyword) and node.arg in ("undone", "remedy"):
            kept.append(node)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "remedy":
            kept.append(node)
        known |= {id(item) for part in kept for item in ast.walk(part)}
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) and id(node) not in known else None
        if isinstance(text, str) and re.search(r"[A-Za-z]{2,}[,:;]? [a-z]{2,}", text):
            yield text


def test_no_sentence_is_built_unmarked() -> None:
    found = {(text, path) for path in FILES for text in sentences(parsed(path))}
    wrong = {(text, path) for text, path in found if not any(part in text for part in UNMARKED)}
    assert {(text, path) for text, path in wrong if text not in NO_TEXTS | HEADINGS} == set()


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("parser.add_argument('-z', help='the zone')", 1),
        ("parser.add_argument('-z', help=_('zone id'))", 0),
        ("self.say(f'{number} nodes added')", 1),
        ("self.say(ngettext('{count} node', '{count} nodes', n).format(count=n))", 0),
        ("self.say(f'{address}: {error}')", 0),
        ("self.stdout.write(text or 'nothing changes')", 1),
        ("getpass.getpass('Password: ')", 1),
        ("help = 'Add nodes.'", 1),
        ("help = gettext_noop('Add nodes.')", 0),
        ("raise Refused.because('C03', 'no nodes are specified')", 0),
    ],
)
def test_what_is_found(source: str, found: int) -> None:
    assert len(list(unmarked(ast.parse(source)))) == found


def keys(tree: ast.AST) -> Iterator[str]:
    """Find the names of columns: the keys of the dictionaries that functions for rows make."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and re.search(r"(row|rows|facts|block)$", function.name):
            if function.name.endswith("csv_row"):
                continue
            for node in ast.walk(function):
                if isinstance(node, ast.Dict):
                    yield from (key.value for key in node.keys if isinstance(key, ast.Constant))


def test_every_heading_of_a_table_is_marked() -> None:
    named = {
        (name.replace("_", " "), path)
        for path in FILES
        for name in keys(parsed(path))
        if isinstance(name, str)
    }
    assert {(name, path) for name, path in named if name not in HEADINGS} == set()


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({}, "en"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "POSIX", "LC_MESSAGES": "zh_CN.UTF-8"}, "zh-hans"),
        ({"LANG": "zh_CN.UTF-8"}, "zh-hans"),
        ({"LANG": "zh_CN.GB18030"}, "zh-hans"),
        ({"LANG": "zh_SG@pinyin"}, "zh-hans"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "zh-hans"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "../../etc"}, "en"),
        ({"LANG": "x" * 5000}, "en"),
    ],
)
def test_the_language_of_the_environment(
    settings: LazySettings, environ: dict[str, str], language: str
) -> None:
    settings.LANGUAGES = [("en", "English"), ("zh-hans", "Chinese")]
    assert environment_language(environ, ()) == language


@pytest.mark.parametrize(
    ("encoding", "language"), [("utf-8", "zh-hans"), ("gb2312", "zh-hans"), ("ascii", "en")]
)
def test_a_terminal_that_cannot_show_the_language_gets_english(
    settings: LazySettings, encoding: str, language: str
) -> None:
    settings.LANGUAGES = [("en", "English"), ("zh-hans", "Chinese")]
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    assert environment_language({"LANG": "zh_CN.UTF-8"}, (stream,)) == language


def test_without_a_catalogue_the_language_is_english(settings: LazySettings) -> None:
    settings.LANGUAGES = [("en", "English")]
    for name in ("zh_CN.UTF-8", "de_DE.UTF-8", "fr_FR", "tlh"):
        assert environment_language({"LANG": name}, ()) == "en"


CATALOGUE = {
    "": "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=1; plural=0;\n",
    "Add nodes by management address. If one address is refused, no node is added.": "添加节点。",
    "mgmt address": "管理地址",
    "options": "选项",
    "{count} step is still running\0{count} steps are still running": "{count} 个步骤仍在运行",
}


@pytest.fixture
def chinese(settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give the console a Chinese catalogue, and the environment that language."""
    folder = tmp_path / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    folder.joinpath("django.mo").write_bytes(compiled(CATALOGUE))
    settings.LOCALE_PATHS = [tmp_path]
    settings.LANGUAGES = [("en", "English"), ("zh-hans", "Chinese")]
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    before = dict(vars(argparse))
    with translation.override("en"):
        activate_language()
        yield
    vars(argparse).update(before)


def compiled(catalogue: dict[str, str]) -> bytes:
    """Return a catalogue as msgfmt compiles it."""
    pairs = sorted((key.encode(), value.encode()) for key, value in catalogue.items())
    tables, texts, start = [b"", b""], b"", 28 + 16 * len(pairs)
    for column in (0, 1):
        for pair in pairs:
            tables[column] += struct.pack("<II", len(pair[column]), start + len(texts))
            texts += pair[column] + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    return head + tables[0] + tables[1] + texts


@pytest.mark.usefixtures("chinese")
def test_help_and_headings_are_in_the_language_and_data_is_not() -> None:
    command = load_command_class("installer", "add_nodes")
    text = command.create_parser("manage.py", "add_nodes").format_help()
    assert "添加节点。" in text and "选项:" in text and "--port" in text
    rows = [{"mgmt_address": "172.16.80.21"}]
    assert "管理地址" in table_text(rows, OutputWrapper(io.StringIO()))
    assert csv_text(rows) == "mgmt_address\n172.16.80.21\n"
    assert still_running({"phases": [{"running": 2}]}) == "2 个步骤仍在运行"


def test_help_lines_fit_the_screen() -> None:
    text = "选择一种对所有节点都有效的方式，然后再次运行该命令。" * 3 + " --dry-run " + "only words " * 9
    lines = wrapped(text, 30)
    assert all(cell_len(line) <= 30 for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())
