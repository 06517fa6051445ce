"""The demo: a workspace whose pictures and video are drawn here, with the true box of everything in them."""

from cvattui.demo.making import DEMO_NAME, FRAMES, PICTURES, Demo, make_demo

__all__ = ["DEMO_NAME", "FRAMES", "PICTURES", "Demo", "make_demo"]
