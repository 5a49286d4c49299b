//! A port on loopback that stays the same from run to run when it can.

use std::net::{Ipv4Addr, TcpListener};

use crate::Error;
use crate::error::Context as _;
use crate::files::{read_if_there, write_private};
use crate::layout::Layout;

/// The asked-for port, else the remembered one if it is free, else a free one, remembered.
pub(crate) fn choose(layout: &Layout, asked: Option<u16>) -> Result<u16, Error> {
    let port = match asked {
        Some(port) if is_free(port) => port,
        Some(port) => return Err(Error::PortTaken(port)),
        None => match remembered(layout)?.filter(|port| is_free(*port)) {
            Some(port) => port,
            None => any_free(layout)?,
        },
    };
    let text = format!("{port}\n");
    write_private(&layout.home, &layout.port(), text.as_bytes(), None)?;
    Ok(port)
}

/// Whether nobody listens on the port.
pub(crate) fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

fn remembered(layout: &Layout) -> Result<Option<u16>, Error> {
    let text = read_if_there(&layout.port())?;
    Ok(text.and_then(|text| text.trim().parse().ok()))
}

fn any_free(layout: &Layout) -> Result<u16, Error> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .context("find a free port for", &layout.home)
}
