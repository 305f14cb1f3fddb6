// A static library needs a source, and with Catch2 3 (or before the first support file) has none.
