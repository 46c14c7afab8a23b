"""One cell of Python: compiled with its line magics, run in the notebook's namespace, its last value displayed."""

import ast
import linecache
import re

LINE_MAGIC = re.compile(r"^(\s*)(?:%(\w+)(?:[ \t]+(.*))?|!(.*))$")
#: The function in the namespace that runs a line magic.
HOOK = "__line_magic__"
#: Like ast.parse, without its frame in the trace of a syntax error.
PARSE = ast.PyCF_ONLY_AST


def _joined(lines, index, rest):
    """The rest of a magic that goes on below with a backslash; its lines are emptied, so that numbers stay."""
    while rest.endswith("\\") and index + 1 < len(lines):
        index += 1
        rest = rest[:-1].rstrip() + " " + lines[index].strip()
        lines[index] = ""
    return rest


def translate(text):
    """`%pip install x` and `!ls` as calls. Only for text that is not Python already: `%` also divides."""
    lines = text.split("\n")
    for index, line in enumerate(lines):
        found = LINE_MAGIC.match(line)
        if found:
            indent, name, rest, command = found.groups()
            rest = _joined(lines, index, (rest if name else command or "") or "")
            lines[index] = "%s%s(%r, %r, %d)" % (indent, HOOK, name or "sh", rest.strip(), index + 1)
    return "\n".join(lines)


def _tree(text, name):
    try:
        return compile(text, name, "exec", PARSE, dont_inherit=True)
    except SyntaxError:
        translated = translate(text)
        if translated == text:
            raise
    return compile(translated, name, "exec", PARSE, dont_inherit=True)


def magics_in(text, name):
    """(line, magic) of every line magic."""
    for node in ast.walk(_tree(text, name)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == HOOK:
            yield node.lineno, ast.literal_eval(node.args[0])


def compile_cell(text, name, seen):
    """(statements, last expression or None) as code objects; `seen` is what traces show.

    @raises SyntaxError that names the cell, the line and the text"""
    lines = seen.split("\n")
    linecache.cache[name] = (len(seen), None, [line + "\n" for line in lines], name)
    try:
        tree = _tree(text, name)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        expression = compile(ast.Expression(last.value), name, "eval", dont_inherit=True) if last else None
        return compile(tree, name, "exec", dont_inherit=True), expression
    except SyntaxError as error:
        line = error.lineno or 1
        said = lines[line - 1].strip() if line <= len(lines) else ""
        error.msg = "%s, line %d: %s: %s" % (name, line, error.msg, said)
        raise


def display(value):
    """As text: a log has no tables and pictures."""
    if value is None:
        return
    if hasattr(value, "show") and hasattr(value, "schema"):
        value.show()
    elif type(value).__module__.startswith(("pandas", "polars")):
        print(value)
    else:
        print(value if isinstance(value, str) else repr(value))


def display_html(html):
    print("[displayHTML: %d characters of HTML]" % len(html))


def run_cell(code, namespace):
    statements, expression = code
    exec(statements, namespace)
    if expression is not None:
        value = eval(expression, namespace)
        if hasattr(value, "show") and hasattr(value, "schema"):
            print(value)
        elif value is not None:
            print(repr(value))
