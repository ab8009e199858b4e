"""Plain tables with aligned columns."""

from collections.abc import Sequence


def show(title: str, headers: Sequence[str], rows: Sequence[Sequence[object]], *notes: str) -> None:
    """Print a table: the first column to the left, figures to the right, notes below."""
    cells = [[str(cell) for cell in row] for row in (headers, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    print(f"\n{title}")
    for number, row in enumerate(cells):
        first, *others = zip(row, widths, strict=True)
        print("  ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]))
        if number == 0:
            print("  ".join("-" * width for width in widths))
    for note in notes:
        print(f"  {note}")
