//! A PostgreSQL of a test's own, from local binaries: loopback, a temporary folder, stopped when it is dropped.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

/// A running cluster whose superuser is `regis`.
pub struct Cluster {
    folder: TempDir,
    tools: PathBuf,
    port: u16,
}

impl Cluster {
    /// Starts a cluster with these settings and these rules of who is let in, and with files in its folder (names and
    /// contents); none where PostgreSQL's programs are missing, which only a check of the whole product may not let pass.
    pub fn start(test: &str, settings: &str, rules: &str, files: &[(&str, &str)]) -> Option<Self> {
        let Some(tools) = tools() else {
            assert!(std::env::var_os("CI").is_none(), "{test}: PostgreSQL's initdb was not found");
            println!("{test}: not run; PostgreSQL's initdb was not found; on Debian: apt-get install postgresql");
            return None;
        };
        let folder = TempDir::new().expect("a temporary folder");
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port();
        let cluster = Self { folder, tools, port };
        give_away(cluster.folder.path());
        let data = cluster.data().display().to_string();
        cluster.run("initdb", &["-D", &data, "-U", "regis", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8"]);
        for (name, text) in files.iter().chain([("pg_hba.conf", rules)].iter()) {
            cluster.write(name, text);
        }
        let configuration = fs::read_to_string(cluster.data().join("postgresql.conf")).expect("initdb writes it");
        let place = cluster.folder.path().display();
        cluster.write(
            "postgresql.conf",
            &format!(
                "{configuration}\nport = {port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = '{place}'\n\
                 fsync = on\n{settings}\n"
            ),
        );
        let log = cluster.folder.path().join("log").display().to_string();
        cluster.run("pg_ctl", &["start", "-D", &data, "-l", &log, "-w", "-t", "60"]);
        Some(cluster)
    }

    /// Its port on the loopback interface.
    pub fn port(&self) -> u16 {
        self.port
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A file of the cluster that nobody else may read: PostgreSQL demands that of a key.
    fn write(&self, name: &str, text: &str) {
        let path = self.data().join(name);
        fs::write(&path, text).expect("the folder can be written");
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        fs::set_permissions(&path, private).expect("a file can be made private");
        give_away(&path);
    }

    fn run(&self, tool: &str, arguments: &[&str]) {
        let ended = self.command(tool, arguments).status().expect("the program starts");
        let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        assert!(ended.success(), "{tool} {arguments:?}: {log}");
    }

    fn command(&self, tool: &str, arguments: &[&str]) -> Command {
        let tool = self.tools.join(tool);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(tool);
            command
        } else {
            Command::new(tool)
        };
        // What a server inherits must not be a pipe that somebody reads to its end.
        command.args(arguments).current_dir(self.folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let data = self.data().display().to_string();
        drop(self.command("pg_ctl", &["stop", "-D", &data, "-m", "immediate", "-w"]).status());
    }
}

/// A server refuses to run as root: root borrows the user that Debian's package brings.
fn give_away(path: &Path) {
    if is_root() {
        let given = Command::new("chown").arg("postgres").arg(path).status();
        assert!(given.is_ok_and(|status| status.success()), "there is a user postgres");
    }
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata("/proc/self").is_ok_and(|of_this_process| of_this_process.uid() == 0)
}

/// The folder of PostgreSQL's newest programs.
fn tools() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut found: Vec<PathBuf> =
        std::env::split_paths(&path).filter(|folder| folder.join("initdb").is_file()).collect();
    if found.is_empty() {
        let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        let mut folders: Vec<(u32, PathBuf)> = versions
            .filter_map(|version| {
                let number = version.file_name().to_string_lossy().parse().ok()?;
                Some((number, version.path().join("bin")))
            })
            .filter(|(_, folder)| folder.join("initdb").is_file())
            .collect();
        folders.sort_unstable();
        found.extend(folders.pop().map(|(_, folder)| folder));
    }
    found.into_iter().next()
}
