//! The expansions that are checked in compile, and so does what they were made from.
#![allow(unreachable_pub, dead_code, reason = "the structs are public so that the expansion is that of a public one")]

/// Compiles a file twice: by the derive, and as expanded.
macro_rules! compiles {
    ($($name:ident { $($uses:item)* })*) => {$(
        mod $name {
            mod derived {
                use isopace::Iso8583;
                $($uses)*
                include!(concat!("expand/", stringify!($name), ".rs"));
            }

            mod expanded {
                $($uses)*
                include!(concat!("expand/", stringify!($name), ".expanded.rs"));
            }
        }
    )*};
}

compiles! {
    message {
        use isopace::types::{Mti, Pan, Stan};
        use isopace::{Unlisted, iso87a};
    }
    composite {
        use isopace::iso87a;
        use isopace::types::Stan;
    }
}
