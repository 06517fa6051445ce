"""`python -m cvatd`."""

from cvatd.main import main

raise SystemExit(main())
