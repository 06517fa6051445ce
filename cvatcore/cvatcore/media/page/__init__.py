"""Files of several pages: documents, TIFF, animations."""
