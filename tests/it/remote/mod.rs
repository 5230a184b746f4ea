//! The commands that talk to a registry: the binary itself, against a server of its own.

mod namesakes;
mod planning;
mod pulling;
mod reading;
mod registering;
mod round_trip;
mod secured;

use std::{fs, path::Path};

use tempfile::TempDir;

use crate::harness::{App, Run, command, run};

/// A folder in which commands are run, and the registry that they find.
struct Desk {
    folder: TempDir,
    registry: String,
}

impl Desk {
    /// In a folder of its own, with this registry in the environment.
    fn at(app: &App) -> Self {
        Self::beside(&format!("http://{}", app.address()))
    }

    fn beside(registry: &str) -> Self {
        Self { folder: TempDir::new().expect("a temporary folder"), registry: registry.to_owned() }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file, and the folders above it.
    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Runs the binary.
    async fn run(&self, arguments: &[&str]) -> Run {
        self.run_with(arguments, &[]).await
    }

    /// Runs the binary with more variables; `<` names the file that it reads from its standard input.
    async fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Run {
        let mut command = command(self.path(), arguments);
        command.env("REGIS_REGISTRY_URL", &self.registry).env("NO_PROXY", "*");
        for (name, value) in variables {
            match *name {
                "<" => drop(command.stdin(fs::File::open(self.path().join(value)).expect("a file"))),
                name => drop(command.env(name, value)),
            }
        }
        run(command).await
    }

    /// Runs the binary, demands an exit code, and answers its standard output.
    #[track_caller]
    fn ends(run: Run, code: i32) -> String {
        assert_eq!(run.code, Some(code), "{run:?}");
        assert!(!run.stderr.contains("panicked"), "{run:?}");
        run.stdout
    }
}
