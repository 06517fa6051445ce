"""Taking a change back in the midst of later ones."""
