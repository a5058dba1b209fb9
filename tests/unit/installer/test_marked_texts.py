"""Every text that a person reads in the browser is marked for translation: templates, scripts, Python.

Nothing is rendered here: the sources are read. What the pages look like in another language is in
``test_other_language.py``.
"""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.support.sources import APPS, ROOT, each

LETTERS = re.compile(r"[A-Za-z]{2}")
MARKS = frozenset(
    {"gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
)


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


# --- templates -------------------------------------------------------------------------------------

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SPOKEN = frozenset({"title", "placeholder", "aria-label", "alt", "data-confirm", "label"})
# Code: commands, names of files and packages, what nodes print. It is the same in every language.
CODE = frozenset({"script", "style", "code", "pre"})
# Names and units that are the same in every language.
NAMES = frozenset(
    {"Installer Console", "UTC", "QEMU", "YAML", "Mbit/s MTU", "sha256", "compute_server.emulator"}
)
_TRANSLATED = re.compile(
    r"{%\s*comment.*?{%\s*endcomment\s*%}|{%\s*blocktranslate.*?{%\s*endblocktranslate\s*%}|{%\s*translate.*?%}",
    re.DOTALL,
)
_TAG = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)


class Texts(HTMLParser):
    """The texts of a page outside code: of elements, and of attributes that a person reads."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        code = tag in CODE or "con-mono" in (named.get("class") or "").split()
        if tag not in ("input", "link", "meta", "br", "img", "hr"):
            self.open.append((tag, code))
        self.found += [value for name, value in attrs if name in SPOKEN and value]

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not any(code for _, code in self.open):
            self.found.append(data)


def unmarked_in(template: str) -> list[str]:
    texts = Texts()
    texts.feed(_TAG.sub("", _TRANSLATED.sub("", template)))
    words = (text.strip(" \n:;,.()[]/|·→?") for text in texts.found)
    return [text for text in words if LETTERS.search(text) and text not in NAMES]


def test_templates() -> None:
    wrong = []
    for path in TEMPLATES:
        template = path.read_text()
        found = unmarked_in(template)
        # A text as the argument of a filter, and the plural of English alone.
        found += re.findall(
            r"""\|(?:default|default_if_none|yesno):["'][A-Za-z ]{2,}["']|\|pluralize""", template
        )
        # Only a literal is found by makemessages.
        found += re.findall(r"{%\s*translate\s+[^\"'\s]", template)
        wrong += [f"{relative(path)}: {text}" for text in found]
    assert wrong == []


def test_what_is_not_marked_in_a_template_is_found() -> None:
    assert unmarked_in("<p>{{ n }} nodes</p>") == ["nodes"]
    assert unmarked_in('<a title="Open {{ job }}">{% translate "Open" %}</a>') == ["Open"]
    assert unmarked_in("<p>{% if x %}failed{% endif %} <code>manage.py qcluster</code></p>") == ["failed"]
    assert (
        unmarked_in(
            "<b>{% blocktranslate count n=3 %}a node{% plural %}nodes{% endblocktranslate %}</b>: UTC"
        )
        == []
    )


# --- scripts ---------------------------------------------------------------------------------------

SCRIPTS = sorted((ROOT / "static" / "console").glob("*.js"))
# What these are given is no text: selectors, names of events, classes, headers; errors are not shown.
_TECHNICAL = frozenset(
    {
        "querySelector",
        "querySelectorAll",
        "closest",
        "matches",
        "getElementById",
        "byId",
        "Error",
        "execCommand",
    }
)
_SHOWN = re.compile(r"\.(textContent|innerText|innerHTML|title|placeholder|ariaLabel)\s*=\s*$")
_WORD = re.compile(r"[A-Za-z]{2,}")
_SENTENCE = re.compile(r"[A-Za-z]{2,}[,:]? +[a-z]{2,}|^[A-Z][a-z]+$")


def literals(script: str) -> Iterator[tuple[str, list[tuple[str, int]], bool]]:
    """Yield each text of a script, the calls around it (name, which argument), and whether it is shown directly."""
    calls: list[tuple[str, int]] = []
    shown_at: int | None = None
    place = 0
    while place < len(script):
        char = script[place]
        if script.startswith("//", place):
            place = script.index("\n", place)
        elif script.startswith("/*", place):
            place = script.index("*/", place) + 2
        elif char == "/" and re.search(r"[(,=:]\s*$", script[:place]):
            place = re.compile(r"/(?:[^/\\\[\n]|\\.|\[[^\]]*\])+/[a-z]*").match(script, place).end()  # type: ignore[union-attr]
        elif char in "\"'`":
            text, place, inner = literal(script, place)
            yield text, list(calls), shown_at is not None
            for code in inner:
                for found, around, _ in literals(code + "\n"):
                    yield found, [*calls, *around], shown_at is not None
        else:
            if char in "([{":
                name = re.search(r"(\w+)$", script[:place])
                calls.append((name[1] if name and char == "(" else "", 0))
            elif char in ")]}":
                calls.pop()
            elif char == "," and calls:
                calls[-1] = (calls[-1][0], calls[-1][1] + 1)
            elif char == ";":
                shown_at = None
            place += 1
            if char == "=" and _SHOWN.search(script[:place]):
                shown_at = place


def literal(script: str, place: int) -> tuple[str, int, list[str]]:
    """Return the text that begins at ``place``, where it ends, and the code inside a template."""
    quote, text, inner = script[place], "", []
    place += 1
    while script[place] != quote:
        if script[place] == "\\":
            text, place = text + " ", place + 2
        elif quote == "`" and script.startswith("${", place):
            depth, begin, place = 1, place + 2, place + 2
            while depth:
                if script[place] in "\"'`":
                    _, place, _ = literal(script, place)
                    continue
                depth += {"{": 1, "}": -1}.get(script[place], 0)
                place += 1
            inner.append(script[begin : place - 1])
            text += "\0"
        else:
            text, place = text + script[place], place + 1
    return text, place + 1, inner


def unmarked_in_script(script: str) -> list[str]:
    found = []
    for text, calls, shown in literals(script):
        name, argument = calls[-1] if calls else ("", 0)
        if MARKS & {name} or _TECHNICAL & {name}:
            continue
        words = re.sub(r"\bcon-[\w-]*", "", text)
        # The third argument of el() is the text of an element.
        if _WORD.search(words) if shown or (name == "el" and argument == 2) else _SENTENCE.search(words):
            found.append(text)
    return found


@pytest.mark.parametrize("path", SCRIPTS, ids=relative)
def test_scripts(path: Path) -> None:
    # A status that is compared, the language of numbers, a header, keys.
    known = {"succeeded", "en", "Date", "Escape", "Enter", "Tab", "Home", "End", "Arrow"}
    assert [text for text in unmarked_in_script(path.read_text()) if text not in known] == []


def test_what_is_not_marked_in_a_script_is_found() -> None:
    assert unmarked_in_script('a.textContent = n ? "" : "live";') == ["live"]
    assert unmarked_in_script("a.title = `${n} failed`;") == ["\0 failed"]
    assert unmarked_in_script('el("th", "con-x", "node");') == ["node"]
    assert unmarked_in_script('let a = "No answer from the console";') == ["No answer from the console"]
    assert unmarked_in_script('a.textContent = gettext("live"); // no text\nb.x = "con-a con-b";') == []
    assert unmarked_in_script('interpolate(ngettext("%(n)s node", "%(n)s nodes", n), { n });') == []


# --- Python ----------------------------------------------------------------------------------------

CONSOLE = [
    *sorted((ROOT / "installer" / "console").rglob("*.py")),
    *sorted((ROOT / "installer" / "templatetags").rglob("*.py")),
    *(ROOT / "installer" / f"{name}.py" for name in ("signin", "slots", "form_recovery", "database_errors")),
]
# What REST answers besides findings, and what is answered before anything else is looked at.
BOUNDARY = [
    *(
        ROOT / "installer" / "api" / f"{name}.py"
        for name in ("error_handlers", "pagination", "parsers", "permissions", "problems")
    ),
    *(ROOT / "installer" / f"{name}.py" for name in ("nul_bytes", "request_bodies")),
]
MODELS = [
    path
    for app in APPS
    for name in ("models.py", "states.py", "apps.py")
    if (path := ROOT / app / name).exists()
]
# Keyword arguments and names that hold a text for people.
_TEXTS = frozenset(
    {
        *("description", "label", "help_text", "verbose_name", "verbose_name_plural", "short_description"),
        *("button", "intro", "search_help_text", "means"),
    }
)
# Which argument of these calls is a text for people; of pill() and page() it is not the first.
_CALLS = {
    **dict.fromkeys(("success", "error", "warning", "info", "add_message", "add_error", "pill"), 1),
    **dict.fromkeys(("ValidationError", "Unusable", "Full"), 0),
    "page": 2,
    "OpenItem": 1,
}
_OPENITEM_URL = 3
# Not texts of a page: 404 has a page of its own, findings are texts of common/codes, and str() of a row is its name.
_UNSEEN = frozenset({"Http404", "because", "compile"})
# Functions whose texts become findings.
_FINDINGS = frozenset({"_way_in"})
# What is compared, stored, sent to a program or shown as an example of one.
_NO_TEXT = frozenset(
    {
        *("supervisorctl status", "ws_server billing_resource", "correction of size_bytes"),
        *("text/javascript; charset=utf-8", "private, max-age=31536000, immutable"),
        *(": {role: hyper-repl, sub_roles: [hyper]}}   # ", ": {role: hyper-repl, sub_roles: [hyper]}   # "),
        *("no such account", "Origin checking failed", "Referer checking failed", "python manage.py migrate"),
        *("no such table", "no such column", "has no column named", "the database cannot be used: %s"),
        "(SELECT count(*) FROM jsonb_object_keys(%(expressions)s))",
        "(SELECT count(*) FROM json_each(%(expressions)s))",
        # Names of permissions and of rows, stored or for developers.
        *("Can change nodes and configuration and run jobs", "Can approve and reject plans", "counts of "),
    }
)


def called(node: ast.expr) -> str:
    """Return the name of a function as it is called."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def bare(node: ast.expr | None) -> bool:
    """Decide whether an expression is a text, or may become one, without a mark."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and bool(LETTERS.search(node.value))
    if isinstance(node, ast.JoinedStr):
        return any(bare(part) for part in node.values if isinstance(part, ast.Constant))
    if isinstance(node, ast.IfExp):
        return bare(node.body) or bare(node.orelse)
    if isinstance(node, ast.BinOp):
        return bare(node.left) or (isinstance(node.op, ast.Add) and bare(node.right))
    if isinstance(node, ast.BoolOp):
        return any(bare(value) for value in node.values)
    return False


def unmarked_in_python(source: str) -> list[str]:
    tree = ast.parse(source)
    found = [*_named(tree), *_in_calls(tree), *_sentences(tree)]
    return [f"{line}: {text}" for line, text in sorted(set(found))]


def _named(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in _TEXTS and bare(node.value):
            yield node.value.lineno, f"{node.arg}= is not marked"
        if isinstance(node, ast.Assign) and bare(node.value):
            for target in node.targets:
                if called(target) in _TEXTS:
                    yield node.lineno, f"{called(target)} is not marked"


def _in_calls(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = called(node.func)
        if name in MARKS and not all(
            isinstance(item, ast.Constant) for item in node.args[: 1 + (name[0] == "n")]
        ):
            yield node.lineno, f"{name}() takes a plain text, not an expression: makemessages cannot read it"
        if name in _CALLS and any(bare(item) for item in _spoken(name, node.args)):
            yield node.lineno, f"{name}() is given a text that is not marked"


def _spoken(name: str, args: list[ast.expr]) -> list[ast.expr]:
    if (
        name == "page"
        and len(args) > 2
        and isinstance(args[2], ast.Constant)
        and not LETTERS.search(str(args[2].value))
    ):
        return []
    return [item for number, item in enumerate(args[_CALLS[name] :], _CALLS[name]) if number != _OPENITEM_URL]


def _sentences(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Find every text of several words that is neither marked nor documentation, HTML or an unseen error."""
    allowed: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            allowed.add(id(node.value))
        if (
            isinstance(node, ast.Assert)
            or (isinstance(node, ast.Call) and called(node.func) in MARKS | _UNSEEN)
            or (isinstance(node, ast.FunctionDef) and node.name in _FINDINGS)
        ):
            allowed |= {id(item) for item in ast.walk(node)}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in allowed
            and node.value not in _NO_TEXT
            and re.search(r"[A-Za-z]{2,},? [a-z]{2,}", re.sub(r"<[^>]*>", "", node.value))
        ):
            yield node.lineno, f"not marked: {node.value!r}"


def test_python() -> None:
    found = {relative(path): unmarked_in_python(path.read_text()) for path in [*CONSOLE, *MODELS, *BOUNDARY]}
    assert {path: texts for path, texts in found.items() if texts} == {}


def test_what_is_not_marked_in_python_is_found() -> None:
    assert unmarked_in_python('messages.success(request, f"{n} nodes added")')
    assert unmarked_in_python('x = Field(label="Group")')
    assert unmarked_in_python('x = gettext(f"{n} nodes")') and unmarked_in_python(
        'x = gettext("a" if y else "b")'
    )
    assert unmarked_in_python('x = "nothing is locked"')
    assert not unmarked_in_python('"""A docstring with words."""\nx = Field(label=gettext_lazy("Group"))')


# --- services and pure cores -----------------------------------------------------------------------

# What of them is a text for a person and no finding: these functions, or (None) the whole module.
ANSWERS: dict[str, frozenset[str] | None] = {
    "common/disk_space.py": frozenset({"sentence"}),
    "common/confirmation.py": frozenset({"asked_for"}),
    "jobs/eta.py": None,
    "nodes/shared_drives.py": frozenset({"on_drives"}),
    "nodes/services/import_nodes.py": frozenset({"_import", "_pin", "_correct", "_note"}),
    "nodes/services/modify.py": frozenset(
        {
            "_corrected",
            "_cleared",
            "_replaced",
        }
    ),
    "nodes/services/reparse.py": frozenset({"_reparse"}),
    "operations/changes.py": frozenset({"difference_of"}),
    "operations/commands/grouped_output.py": None,
    "operations/commands/service.py": frozenset({"_texts"}),
    "operations/region/core.py": None,
    "operations/scaling/node_work.py": frozenset({"describe_work", "_copied", "_erased"}),
    "operations/scaling/scale_zone.py": None,
    "operations/supervisor/service.py": frozenset({"verify_services", "_answer", "_ask", "_rows"}),
    "zones/core/destruction.py": None,
    "zones/core/versions.py": None,
    "zones/services/seen_version.py": frozenset(
        {
            "difference_since",
            "_shown",
            "_decision",
            "_sentence",
        }
    ),
}
ANSWER_MARKS = MARKS | {"_"}
_WORDED = frozenset({"phrase", "worded", "translated"})
# No texts: what a program is told, what the audit keeps, what a collection stores, signs and sums.
_NO_ANSWER = frozenset(
    {
        *("supervisorctl restart ", "from an imported file", "host key", "correction of "),
        *("x ", " (sha256 "),
    }
)


def unmarked_answers(source: str, functions: frozenset[str] | None = None) -> list[str]:
    """Return the texts that functions of a module (None: all of it) build without a mark, each with its line."""
    tree = ast.parse(source)
    parts: list[ast.AST] = [tree]
    if functions is not None:
        parts = [
            node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name in functions
        ]
        assert {part.name for part in parts if isinstance(part, ast.FunctionDef)} == functions
    found = [item for part in parts for item in (*_built(part), *_badly_marked(part))]
    return [f"{line}: {text}" for line, text in sorted(set(found))]


def _built(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Find words in f-strings, texts of several words, and words chosen or returned as they stand."""
    allowed: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            allowed.add(id(node.value))
        if isinstance(node, ast.Call) and called(node.func) in ANSWER_MARKS | _UNSEEN | {"message", "_row"}:
            # The words of _row() are names of phases; what it is given besides is looked at.
            inner = [item for item in node.args if isinstance(item, ast.Constant)]
            allowed |= {id(item) for item in inner}
    for node in ast.walk(tree):
        pieces = node.values if isinstance(node, ast.JoinedStr) else []
        for piece in pieces:
            if (
                isinstance(piece, ast.Constant)
                and re.search(r"[A-Za-z]{2,}", piece.value)
                and piece.value not in _NO_ANSWER
            ):
                yield piece.lineno, f"not marked: {piece.value!r}"
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in allowed
            and node.value not in _NO_ANSWER
            and re.search(r"[A-Za-z]{2,}[,:;]? [a-z]{2,}|^[A-Za-z ]+ $", node.value)
        ):
            yield node.lineno, f"not marked: {node.value!r}"


def _badly_marked(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name, first = called(node.func), node.args[0]
        if name in ANSWER_MARKS and not isinstance(first, ast.Constant):
            yield node.lineno, f"{name}() takes a plain text, not an expression: makemessages cannot read it"
        if name in _WORDED and bare(first) and re.search(r"[A-Za-z]", re.sub(r"{[^}]*}", "", str_of(first))):
            yield node.lineno, f"{name}() is given a template that is not marked"


def str_of(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else "words"


def test_what_services_and_pure_cores_tell() -> None:
    found = {path: unmarked_answers((ROOT / path).read_text(), names) for path, names in ANSWERS.items()}
    assert {path: texts for path, texts in found.items() if texts} == {}


def unmarked_reasons(source: str) -> list[int]:
    """Return the lines on which output is refused (:class:`ParseError`) with a reason that is not marked."""
    reasons = [
        call.args[1]
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call) and called(call.func) == "ParseError"
    ]
    return [reason.lineno for reason in reasons if isinstance(reason, ast.Constant | ast.JoinedStr)]


def test_reasons_of_output_that_cannot_be_parsed_are_marked() -> None:
    found = {path: unmarked_reasons(path.read_text()) for path in (ROOT / "nodes").rglob("*.py")}
    assert {path: lines for path, lines in found.items() if lines} == {}
    assert unmarked_reasons('raise ParseError("x", "no name")') == [1]
    assert not unmarked_reasons('raise ParseError("x", _("no name"))')


def test_what_is_not_marked_in_a_service_is_found() -> None:
    assert unmarked_answers('x = f"{n} disks"') and unmarked_answers('x = "no disk is formatted"')
    assert unmarked_answers('x = worded("{n} nodes", {})') and unmarked_answers('x = phrase(_(f"{n} nodes"))')
    assert unmarked_answers('x = translated("none")')
    assert not unmarked_answers('x = phrase(_("{n:node|nodes} came"), n=3)\ny = worded("{a}: {b}", {})')
    assert unmarked_answers('def f():\n    return "two words"\n', frozenset({"f"}))
    assert not unmarked_answers(
        'def g():\n    return "two words"\ndef f():\n    return ""\n', frozenset({"f"})
    )


# --- labels of models ------------------------------------------------------------------------------

# Kinds of counters that no page shows.
_NOT_SHOWN = frozenset({("installer/models.py", "TryCount")})


@pytest.mark.parametrize("path", MODELS, ids=relative)
def test_choices_of_models_have_marked_labels(path: Path) -> None:
    tree = ast.parse(path.read_text())
    wrong = []
    for outer in tree.body:
        if not isinstance(outer, ast.ClassDef) or (relative(path), outer.name) in _NOT_SHOWN:
            continue
        for node in (outer, *outer.body):
            if isinstance(node, ast.ClassDef) and any(called(base) == "TextChoices" for base in node.bases):
                wrong += [
                    f"{node.name}.{called(item.targets[0])}"
                    for item in node.body
                    if isinstance(item, ast.Assign) and not _labelled(item.value)
                ]
    assert wrong == []


def _labelled(value: ast.expr) -> bool:
    return (
        isinstance(value, ast.Tuple)
        and isinstance(value.elts[1], ast.Call)
        and called(value.elts[1].func) in MARKS
    )


def test_no_mark_stands_in_an_f_string() -> None:
    """GNU gettext reads none there, and the text would miss in every catalogue."""
    hidden = [
        f"{path.relative_to(ROOT)}:{text.lineno}"
        for path, text in each(ast.JoinedStr)
        for part in ast.walk(text)
        if isinstance(part, ast.Call) and part.args and called(part.func) in MARKS | {"_"}
        if isinstance(part.args[0], ast.Constant)
    ]
    assert hidden == []


def test_collecting_the_texts_names_the_program_that_is_missing(tmp_path: Path) -> None:
    shell = shutil.which("sh")
    assert shell
    done = subprocess.run(
        [shell, str(ROOT / "scripts" / "messages.sh"), "python", "zh_Hans"],
        env={"PATH": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1 and "xgettext is not installed" in done.stderr
    assert "apt-get install gettext" in done.stderr and not list(tmp_path.iterdir())
