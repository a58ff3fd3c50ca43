//! A static file server for one folder under /rectune/, as a static host would serve it: no headers beyond the type, no
//! compression, and nothing outside the folder.

use std::fs::File;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use tiny_http::{Header, Method, Request, Response, Server};

/// The path below which GitHub Pages would serve the project.
pub(crate) const BASE: &str = "/rectune/";
/// A browser opens six connections, each of which may be busy with a large file.
const THREADS: usize = 8;
/// How many ports are tried when the wanted one is taken.
const PORTS: u16 = 20;

/// Serves `folder` until the program is ended.
pub(crate) fn forever(folder: &Path, port: u16) -> Result<(), String> {
    if !folder.join("index.html").is_file() {
        return Err(format!("{} holds no index.html: run `cargo xtask build` first.", folder.display()));
    }
    let url = start(folder, port)?;
    println!("serving {url}  (Ctrl+C ends it)");
    loop {
        std::thread::park();
    }
}

/// Serves `folder` from threads that live as long as this program; returns the address of its index page. Takes the next
/// free port if `port` is taken, and any for 0.
pub(crate) fn start(folder: &Path, port: u16) -> Result<String, String> {
    let server = Arc::new(bind(port)?);
    let port = server.server_addr().to_ip().map_or(port, |address| address.port());
    for _ in 0..THREADS {
        let (server, folder) = (Arc::clone(&server), folder.to_path_buf());
        std::thread::spawn(move || {
            for request in server.incoming_requests() {
                // The other side may hang up at any time; that is its right.
                let _ = answer(request, &folder);
            }
        });
    }
    Ok(format!("http://{}:{port}{BASE}", Ipv4Addr::LOCALHOST))
}

fn bind(wanted: u16) -> Result<Server, String> {
    let last = if wanted == 0 { 0 } else { wanted.saturating_add(PORTS) };
    for port in wanted..=last {
        match Server::http(SocketAddr::from((Ipv4Addr::LOCALHOST, port))) {
            Ok(server) => return Ok(server),
            Err(error) if is_taken(error.as_ref()) => {}
            Err(error) => return Err(format!("Port {port} can't be listened on: {error}.")),
        }
    }
    Err(format!("All ports from {wanted} to {last} are taken: name another with --port."))
}

fn is_taken(error: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == ErrorKind::AddrInUse)
}

fn answer(request: Request, folder: &Path) -> std::io::Result<()> {
    if !matches!(request.method(), Method::Get | Method::Head) {
        return request.respond(Response::empty(405));
    }
    if request.url() == "/" {
        return request.respond(Response::empty(302).with_header(header("Location", BASE)));
    }
    let Some(path) = file_of(request.url(), folder) else { return request.respond(Response::empty(404)) };
    let Ok(file) = File::open(&path) else { return request.respond(Response::empty(404)) };
    let response = Response::from_file(file)
        .with_chunked_threshold(usize::MAX)
        .with_header(header("Content-Type", media_type(&path)))
        // The next build has other files under the same names.
        .with_header(header("Cache-Control", "no-cache"));
    request.respond(response)
}

/// The file that `url` names, if it lies in `folder`. All names of the build are plain ASCII, so nothing is unescaped.
fn file_of(url: &str, folder: &Path) -> Option<PathBuf> {
    let path = url.split(['?', '#']).next()?.strip_prefix(BASE)?;
    let relative = Path::new(if path.is_empty() { "index.html" } else { path });
    let inside = relative.components().all(|part| matches!(part, Component::Normal(_)));
    let full = folder.join(relative);
    (inside && full.is_file()).then_some(full)
}

fn header(name: &str, value: &str) -> Header {
    Header::from_bytes(name, value).expect("names and values are written here and are ASCII")
}

fn media_type(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("json" | "webmanifest") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("txt" | "md") => "text/plain; charset=utf-8",
        Some("csv") => "text/csv; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;

    use super::*;

    fn ask(url: &str, path: &str) -> String {
        let address = url.trim_start_matches("http://").split('/').next().expect("has a host");
        let mut stream = TcpStream::connect(address).expect("the server listens");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").expect("is sent");
        let mut text = String::new();
        stream.read_to_string(&mut text).expect("is answered");
        text
    }

    #[test]
    fn files_are_served_under_the_sub_path_and_nowhere_else() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let url = start(folder, 0).expect("a port is free");
        assert!(ask(&url, "/rectune/Cargo.toml?x=1").starts_with("HTTP/1.1 200"));
        assert!(ask(&url, "/rectune/src/main.rs").contains("Content-Length"));
        assert!(ask(&url, "/Cargo.toml").starts_with("HTTP/1.1 404"));
        assert!(ask(&url, "/rectune/../Cargo.toml").starts_with("HTTP/1.1 404"));
        assert!(ask(&url, "/rectune/src").starts_with("HTTP/1.1 404"));
        assert!(ask(&url, "/").contains("Location: /rectune/"));
    }

    #[test]
    fn a_taken_port_gives_way_to_the_next() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let first = start(folder, 0).expect("a port is free");
        let port = first.rsplit(':').next().and_then(|rest| rest.split('/').next()).expect("has a port");
        let second = start(folder, port.parse().expect("is a number")).expect("the next one is free");
        assert_ne!(first, second);
    }
}
