"""The kinds of small faults. Each looks at one node and names what else could stand there."""

import ast
import copy
import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from tests.mutants.targets import ROOT, all_files

Node = TypeVar("Node", bound=ast.AST)


@dataclass(frozen=True)
class Change:
    node: ast.expr | ast.stmt  # what is replaced
    text: str  # by what
    words: str


@dataclass(frozen=True)
class Place:
    """A node and what is around it."""

    node: ast.AST
    field: str = ""
    parents: tuple["Place", ...] = dataclasses.field(default=(), repr=False)
    scopes: tuple[str, ...] = ()
    chain: tuple[tuple[str, int], ...] = ()

    @property
    def parent(self) -> ast.AST | None:
        return self.parents[-1].node if self.parents else None

    @property
    def statement(self) -> ast.stmt:
        return next(place.node for place in (self, *reversed(self.parents)) if isinstance(place.node, ast.stmt))

    @property
    def function(self) -> ast.FunctionDef | None:
        around = (place.node for place in reversed(self.parents))
        return next((node for node in around if isinstance(node, ast.FunctionDef)), None)

    @property
    def names(self) -> tuple[str, ...]:
        """What the statement at the top of the file, or of a class, defines: what others know it by."""
        for place in (self, *reversed(self.parents)):
            node = place.node
            if isinstance(node, ast.Assign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                return tuple(name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name))
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                return (node.name,)
        return ()

    def inside(self, child: ast.AST, name: str) -> "Place":
        scopes, chain = self.scopes, self.chain
        node = self.node
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and name == "body":
            scopes = (*scopes, node.name) if not self.in_function else (*scopes, "<locals>", node.name)
            if not isinstance(node, ast.ClassDef):
                first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
                chain = (*chain, (".".join(scopes), first))
        elif isinstance(node, ast.Lambda) and name == "body":
            scopes = (*scopes, "<lambda>") if not self.in_function else (*scopes, "<locals>", "<lambda>")
            chain = (*chain, (".".join(scopes), node.lineno))
        return Place(child, name, (*self.parents, self), scopes, chain)

    @property
    def in_function(self) -> bool:
        """Whether the scope around is a function (then Python says <locals>), not a class or the file."""
        return bool(self.chain) and self.scopes == tuple(self.chain[-1][0].split(".")) if self.scopes else False


def shown(node: ast.AST) -> str:
    text = ast.unparse(node)
    return f"`{text if len(text) <= 70 else text[:55] + ' … ' + text[-12:]}`"


def swapped(old: ast.expr, new: ast.expr) -> Change:
    return Change(old, f"({ast.unparse(new)})", f"{shown(old)} → {shown(new)}")


def like(node: Node, **changes: object) -> Node:
    """A copy with other fields."""
    other = copy.copy(node)
    for name, value in changes.items():
        setattr(other, name, value)
    return other


def called(node: ast.AST) -> str:
    """`filter` of `x.objects.filter(…)`; "" for anything else."""
    if not isinstance(node, ast.Call):
        return ""
    return getattr(node.func, "attr", None) or getattr(node.func, "id", "")


# --- Conditions -------------------------------------------------------------------------------------------------------

BOUNDARY = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
NEGATED = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt,
}  # fmt: skip


def is_condition(place: Place) -> bool:
    """Whether the node decides alone which way to go: then "always" and "never" say what its opposite would."""
    return place.field == "test" or (place.field == "ifs" and isinstance(place.parent, ast.comprehension))


def boundary(place: Place) -> Iterator[Change]:
    node = place.node
    if isinstance(node, ast.Compare):
        for index, operator in enumerate(node.ops):
            if type(operator) in BOUNDARY:
                ops = [*node.ops[:index], BOUNDARY[type(operator)](), *node.ops[index + 1 :]]
                yield swapped(node, like(node, ops=ops))


def comparison(place: Place) -> Iterator[Change]:
    node = place.node
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and not is_condition(place):
        yield swapped(node, like(node, ops=[NEGATED[type(node.ops[0])]()]))


def operand(place: Place) -> Iterator[Change]:
    node = place.node
    if isinstance(node, ast.BoolOp):
        for gone in node.values:
            rest = [value for value in node.values if value is not gone]
            left = rest[0] if len(rest) == 1 else like(node, values=rest)
            yield Change(node, f"({ast.unparse(left)})", f"without {shown(gone)}")


def and_or(place: Place) -> Iterator[Change]:
    node = place.node
    if isinstance(node, ast.BoolOp):
        yield swapped(node, like(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And()))


def condition(place: Place) -> Iterator[Change]:
    node = place.node
    if is_condition(place) and isinstance(node, ast.expr) and not isinstance(node, ast.Constant):
        for verdict in ("True", "False"):
            if not (verdict == "True" and isinstance(place.parent, ast.While)):
                yield Change(node, verdict, f"{shown(node)} → {verdict}")


def negation(place: Place) -> Iterator[Change]:
    node = place.node
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not) and not is_condition(place):
        yield swapped(node, node.operand)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert):
        yield swapped(node, node.operand)


# --- Queries ----------------------------------------------------------------------------------------------------------

CONDITIONS = {"filter", "exclude", "get", "Q", "update", "create", "get_or_create", "update_or_create"}
ONLY_FASTER = {
    "select_related", "prefetch_related", "only", "defer", "select_for_update", "skip_locked", "iterator", "all",
    "using",
}  # fmt: skip


@cache
def _trees() -> list[ast.Module]:
    return [ast.parse((ROOT / name).read_text()) for name in all_files()]


@cache
def vocabulary() -> frozenset[str]:
    """What the querysets of the core can be asked for; what only makes pages faster is left out."""
    names = {
        method.name
        for tree in _trees()
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name.endswith(("QuerySet", "Manager"))
        for method in node.body
        if isinstance(method, ast.FunctionDef) and ast.unparse(method.returns or ast.Name("")) == "Self"
    }
    return frozenset(name for name in names if not name.startswith(("for_", "locked")) and name not in ONLY_FASTER)


@cache
def defaults() -> dict[str, dict[str, str]]:
    """Function or class → parameter → its default, of all that the core defines."""
    found: dict[str, dict[str, str]] = {}
    for node in (node for tree in _trees() for node in ast.walk(tree)):
        if isinstance(node, ast.FunctionDef):
            positional = node.args.args[len(node.args.args) - len(node.args.defaults) :]
            pairs = [*zip(positional, node.args.defaults, strict=True)]
            pairs += [(a, d) for a, d in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if d is not None]
            found.setdefault(node.name, {}).update({a.arg: ast.unparse(d) for a, d in pairs})
        elif isinstance(node, ast.ClassDef):
            fields = [f for f in node.body if isinstance(f, ast.AnnAssign) and f.value is not None]
            named = {f.target.id: ast.unparse(f.value) for f in fields if isinstance(f.target, ast.Name) and f.value}
            found.setdefault(node.name, {}).update(named)
    return found


def keyword(place: Place) -> Iterator[Change]:
    """A condition or a column that is forgotten; an argument that is left to its default."""
    node = place.node
    if not isinstance(node, ast.Call):
        return
    name = called(node)
    if name in CONDITIONS and (name == "Q" or isinstance(node.func, ast.Attribute)):
        is_query = name in {"filter", "exclude", "Q"} or bool(node.keywords)
        for gone in node.args if is_query and name in {"filter", "exclude", "Q"} else []:
            if not isinstance(gone, ast.Starred):
                rest = [argument for argument in node.args if argument is not gone]
                yield Change(node, ast.unparse(like(node, args=rest)), f"without {shown(gone)}")
        droppable = [k for k in node.keywords if k.arg]
    else:
        known = defaults().get(name, {})
        droppable = [k for k in node.keywords if k.arg in known and known[k.arg or ""] != ast.unparse(k.value)]
    for gone_keyword in droppable:
        rest_keywords = [k for k in node.keywords if k is not gone_keyword]
        text = ast.unparse(like(node, keywords=rest_keywords))
        yield Change(node, text, f"without `{gone_keyword.arg}=`")


def question(place: Place) -> Iterator[Change]:
    """A word of a query's vocabulary that is forgotten: `clocks.running().due_by(now)` → `clocks.due_by(now)`."""
    node = place.node
    name = called(node)
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return
    if name in vocabulary() | {"order_by", "distinct"}:
        before = node.func.value
        manager = isinstance(before, ast.Attribute)
        yield Change(node, f"{ast.unparse(before)}{'.all()' if manager else ''}", f"without `.{name}(…)`")
    if name == "order_by":
        for index, argument in enumerate(node.args):
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and argument.value != "?":
                turned = argument.value[1:] if argument.value.startswith("-") else f"-{argument.value}"
                args = [*node.args[:index], ast.Constant(turned), *node.args[index + 1 :]]
                yield Change(node, ast.unparse(like(node, args=args)), f"`{argument.value}` → `{turned}`")


OPPOSITE = {"min": "max", "max": "min", "any": "all", "all": "any", "first": "last", "last": "first"}


def opposite(place: Place) -> Iterator[Change]:
    node = place.node
    if not isinstance(node, ast.Call) or called(node) not in OPPOSITE:
        return
    other = OPPOSITE[called(node)]
    if isinstance(node.func, ast.Name) and node.args and called(node) not in {"first", "last"}:
        yield swapped(node, like(node, func=ast.Name(other)))
    elif isinstance(node.func, ast.Attribute) and called(node) in {"first", "last"} and not node.args:
        yield Change(
            node, ast.unparse(like(node, func=like(node.func, attr=other))), f"`.{called(node)}()` → `.{other}()`"
        )


# --- Figures ----------------------------------------------------------------------------------------------------------

UNITS = {
    "microseconds": "milliseconds", "milliseconds": "seconds", "seconds": "minutes", "minutes": "hours",
    "hours": "minutes", "days": "hours", "weeks": "days",
}  # fmt: skip


def unit(place: Place) -> Iterator[Change]:
    node = place.node
    if isinstance(node, ast.Call) and called(node) == "timedelta":
        for index, word in enumerate(node.keywords):
            if word.arg in UNITS and UNITS[word.arg] not in {other.arg for other in node.keywords}:
                other = like(word, arg=UNITS[word.arg])
                yield swapped(node, like(node, keywords=[*node.keywords[:index], other, *node.keywords[index + 1 :]]))


def figure(place: Place) -> Iterator[Change]:
    node = place.node
    if isinstance(node, ast.Constant) and type(node.value) is int:
        yield swapped(node, ast.Constant(node.value + 1))
        if node.value > 0 and isinstance(place.parent, ast.Compare | ast.keyword | ast.Slice | ast.BinOp | ast.Assign):
            yield swapped(node, ast.Constant(node.value - 1))


def flag(place: Place) -> Iterator[Change]:
    node = place.node
    if isinstance(node, ast.Constant) and isinstance(node.value, bool) and not isinstance(place.parent, ast.Return):
        yield swapped(node, ast.Constant(not node.value))


ARITHMETIC = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult}


def arithmetic(place: Place) -> Iterator[Change]:
    node = place.node
    if not isinstance(node, ast.BinOp):
        return
    texts = (ast.JoinedStr, ast.List, ast.Tuple, ast.ListComp)
    sides = (node.left, node.right)
    is_text = any(isinstance(s, texts) or (isinstance(s, ast.Constant) and isinstance(s.value, str)) for s in sides)
    if type(node.op) in ARITHMETIC and not is_text:
        yield swapped(node, like(node, op=ARITHMETIC[type(node.op)]()))
    if isinstance(node.op, ast.BitOr | ast.BitAnd):
        yield swapped(node, like(node, op=ast.BitAnd() if isinstance(node.op, ast.BitOr) else ast.BitOr()))
        for kept, gone in (sides, sides[::-1]):
            yield Change(node, f"({ast.unparse(kept)})", f"without {shown(gone)}")


def element(place: Place) -> Iterator[Change]:
    """A member that a table of members has lost."""
    node = place.node
    if not isinstance(node, ast.Set | ast.Tuple | ast.List) or len(node.elts) < 2:
        return
    if isinstance(getattr(node, "ctx", None), ast.Store) or not all(isinstance(e, ast.Attribute) for e in node.elts):
        return
    for gone in node.elts:
        rest = [member for member in node.elts if member is not gone]
        yield Change(node, ast.unparse(like(node, elts=rest)), f"without {shown(gone)}")


# --- Answers and acts -------------------------------------------------------------------------------------------------

EMPTY = {
    "list": "[]", "dict": "{}", "tuple": "()", "set": "set()", "frozenset": "frozenset()", "str": '""', "int": "0",
    "Iterator": "iter(())", "Iterable": "()", "Sequence": "()", "timedelta": "timedelta()", "Self": "self",
}  # fmt: skip


def answer(place: Place) -> Iterator[Change]:
    """Another answer: the other truth, nothing, or what is empty."""
    node = place.node
    if not isinstance(node, ast.Return) or node.value is None or place.function is None:
        return
    written = ast.unparse(node.value)
    promised = ast.unparse(place.function.returns) if place.function.returns else ""
    if promised == "bool":
        answers = ["True", "False"]
    elif "None" in promised:
        answers = ["None"]
    else:
        answers = [EMPTY.get(promised.split("[")[0], "None")]
    for other in answers:
        if other != written and not (promised.startswith("tuple[") and "..." not in promised):
            yield Change(node, f"return {other}", f"{shown(node)} → `return {other}`")


def act(place: Place) -> Iterator[Change]:
    """Something that is not done: a call for its effect, a column that is not set, a refusal that is not made."""
    node = place.node
    if isinstance(node, ast.Continue):
        yield Change(node, "break", "`continue` → `break`")
    elif isinstance(node, ast.stmt) and has_effect(node, place):
        yield Change(node, "pass", f"without {shown(node)}")


def has_effect(node: ast.stmt, place: Place) -> bool:
    match node:
        case ast.Expr():
            return isinstance(node.value, ast.Call | ast.Await)
        case ast.Assign():
            return all(isinstance(target, ast.Attribute | ast.Subscript) for target in node.targets)
        case ast.Raise():  # alone under its condition: "never" says the same
            return not (isinstance(place.parent, ast.If) and len(place.parent.body) == 1)
        case _:
            return isinstance(node, ast.AugAssign | ast.Break)


ALL: list[Callable[[Place], Iterator[Change]]] = [
    boundary, comparison, operand, and_or, condition, negation, keyword, question, opposite, unit, figure, flag,
    arithmetic, element, answer, act,
]  # fmt: skip
