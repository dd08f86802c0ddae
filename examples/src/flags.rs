//! Command lines such as `-addr 127.0.0.1:8583 -limit 0`: one dash or two, the value after a blank or after `=`. A flag whose
//! default is `true` or `false` needs no value.

use std::process::ExitCode;
use std::str::FromStr;

/// The flags of a program and their values.
#[derive(Debug)]
pub struct Flags {
    program: &'static str,
    values: Vec<(&'static str, String)>,
}

/// The program is to end here: help was asked for, or the command line is wrong.
#[derive(Debug)]
pub struct Stop {
    text: String,
    code: u8,
}

impl Stop {
    /// Tells why on standard error and gives the exit code.
    #[must_use]
    pub fn tell(&self) -> ExitCode {
        eprintln!("{}", self.text);
        ExitCode::from(self.code)
    }
}

impl Flags {
    /// Reads the command line of this process. Every flag is given here with its default, and takes a value; without one, a flag
    /// whose default is `true` or `false` is true.
    ///
    /// # Errors
    /// A flag that is not among these, a flag without a value, anything else; or help is asked for.
    pub fn read(program: &'static str, known: &[(&'static str, &str)]) -> Result<Self, Stop> {
        let arguments = std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned());
        Flags::parse(program, known, arguments)
    }

    fn parse(
        program: &'static str,
        known: &[(&'static str, &str)],
        arguments: impl Iterator<Item = String>,
    ) -> Result<Self, Stop> {
        let mut arguments = arguments.peekable();
        let values = known.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let mut flags = Flags { program, values };
        while let Some(argument) = arguments.next() {
            let Some(flag) = argument.strip_prefix('-').map(|flag| flag.strip_prefix('-').unwrap_or(flag)) else {
                return Err(flags.wrong(&format!("unexpected argument {}", shown(&argument))));
            };
            if matches!(flag, "h" | "help") {
                return Err(Stop { text: flags.usage(), code: 0 });
            }
            let (name, value) =
                flag.split_once('=').map_or((flag, None), |(name, value)| (name, Some(value.to_owned())));
            let Some(at) = flags.values.iter().position(|(known, _)| *known == name) else {
                return Err(flags.wrong(&format!("there is no flag {}", shown(&argument))));
            };
            let truth = |text: &str| matches!(text, "true" | "false");
            let stands_alone = known.iter().any(|(known, default)| *known == name && truth(default))
                && !arguments.peek().is_some_and(|next| truth(next));
            let value = match value {
                None if stands_alone => Some("true".to_owned()),
                None => arguments.next(),
                value => value,
            };
            match value {
                Some(value) => flags.values[at].1 = value,
                None => return Err(flags.wrong(&format!("flag -{name} needs a value"))),
            }
        }
        Ok(flags)
    }

    /// The value of a flag.
    ///
    /// # Errors
    /// It is not what the program wants there.
    pub fn get<T: FromStr>(&self, name: &str) -> Result<T, Stop> {
        let text = self.values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value);
        text.parse().map_err(|_| self.wrong(&format!("flag -{name} cannot be {}", shown(text))))
    }

    fn wrong(&self, what: &str) -> Stop {
        Stop { text: format!("{}: {what}\n{}", self.program, self.usage()), code: 2 }
    }

    fn usage(&self) -> String {
        let flags: Vec<String> = self
            .values
            .iter()
            .map(|(name, value)| format!("[-{name} {}]", if is_long(value) { "..." } else { value }))
            .collect();
        format!("usage: {} {}", self.program, flags.join(" "))
    }
}

/// What was given, unless it may be a card number or a message.
fn shown(text: &str) -> String {
    if is_long(text) { "what was given".to_owned() } else { format!("{text:?}") }
}

fn is_long(text: &str) -> bool {
    text.split(|character: char| !character.is_ascii_digit()).any(|digits| digits.len() >= 7)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Flags, Stop> {
        Flags::parse(
            "issuer",
            &[("addr", "127.0.0.1:8583"), ("limit", "0")],
            line.split_whitespace().map(str::to_owned),
        )
    }

    #[test]
    fn one_dash_or_two_blank_or_equals() {
        for line in ["-addr :1 -limit 7", "--addr :1 --limit 7", "-addr=:1 --limit=7", "-limit 7 -limit=7 -addr :1"] {
            let flags = parse(line).unwrap();
            assert_eq!(flags.get::<String>("addr").unwrap(), ":1", "{line}");
            assert_eq!(flags.get::<u64>("limit").unwrap(), 7, "{line}");
        }
        let flags = parse("").unwrap();
        assert_eq!(flags.get::<String>("addr").unwrap(), "127.0.0.1:8583");
        assert_eq!(flags.get::<u64>("limit").unwrap(), 0);
    }

    #[test]
    fn a_flag_that_is_true_or_false_needs_no_value() {
        let parse = |line: &str| {
            let arguments = line.split_whitespace().map(str::to_owned);
            let flags = Flags::parse("playground", &[("raw", "false"), ("stan", "1")], arguments).unwrap();
            (flags.get::<bool>("raw").unwrap(), flags.get::<u32>("stan").unwrap())
        };
        for (line, expected) in [
            ("", (false, 1)),
            ("-raw", (true, 1)),
            ("-raw -stan 2", (true, 2)),
            ("-stan 2 -raw true", (true, 2)),
            ("-raw=false -stan=2", (false, 2)),
            ("-raw false -stan 2", (false, 2)),
        ] {
            assert_eq!(parse(line), expected, "{line}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_the_usage() {
        for (line, part, code) in [
            ("-port 1", "there is no flag \"-port\"", 2),
            ("-addr", "needs a value", 2),
            ("addr", "unexpected argument", 2),
            ("-help", "usage: issuer [-addr 127.0.0.1:8583] [-limit 0]", 0),
        ] {
            let stop = parse(line).unwrap_err();
            assert!(stop.text.contains(part) && stop.text.contains("usage: "), "{line}: {}", stop.text);
            assert_eq!(stop.code, code, "{line}");
        }
        assert!(parse("-limit many").unwrap().get::<u64>("limit").is_err());
        for line in ["4012345678909", "-4012345678909 1"] {
            let stop = parse(line).unwrap_err();
            assert!(!stop.text.contains("4012345"), "{}", stop.text);
        }
        let stop = parse("-limit 4012345678909X").unwrap().get::<u64>("limit").unwrap_err();
        assert!(!stop.text.contains("4012345"), "{}", stop.text);
    }
}
