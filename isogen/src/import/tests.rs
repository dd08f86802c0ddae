//! No source makes an importer panic, and what comes of one loads.
