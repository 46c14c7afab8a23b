"""Small tables in a log."""


def table_text(columns, rows):
    """Columns aligned; floats with four digits after the point."""
    cells = [[_cell(row[name]) for name in columns] for row in rows]
    widths = [max(len(line[i]) for line in [list(columns), *cells]) for i in range(len(columns))]
    lines = [columns, ["-" * width for width in widths], *cells]
    return "\n".join("  ".join(text.rjust(width) for text, width in zip(line, widths)) for line in lines)


def _cell(value):
    return f"{value:.4f}" if isinstance(value, float) else str(value)
