"""Dataset formats, one module each behind one Protocol, listed in an explicit table.

```python
from pathlib import Path

from cvatcore import Workspace
from cvatformats import export_task, import_task, report_lines

with Workspace(".") as ws:
    report = export_task(ws.tasks["street"], "COCO 1.0", Path("street.zip"))
    print(*report_lines(report), sep=", ")
```
"""

from cvatformats.cvat_labels import read_labels
from cvatformats.exporting import export_task
from cvatformats.format import Detail, Detect, Entry, Format, Read, Write
from cvatformats.importing import import_task
from cvatformats.registry import find_format, format_keys, load_format, load_formats
from cvatformats.report import ExportReport, ImportReport, Loss, counts_agree, objects_lost, report_lines

__all__ = [
    "Detail",
    "Detect",
    "Entry",
    "ExportReport",
    "Format",
    "ImportReport",
    "Loss",
    "Read",
    "Write",
    "counts_agree",
    "export_task",
    "find_format",
    "format_keys",
    "import_task",
    "load_format",
    "load_formats",
    "objects_lost",
    "read_labels",
    "report_lines",
]
