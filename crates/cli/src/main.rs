//! The binary `wicketgate`: takes the command line and the environment in, hands them to the command, and prints why
//! it failed. What a command does is in `command/`, where its settings come from in `config/`.
#![forbid(unsafe_code)]

mod backup_file;
mod command;
mod config;
mod installation;
mod output;

use std::process::ExitCode;

use clap::Parser as _;

use command::Cli;
use config::Environment;
use output::Format;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let environment = Environment::of_process();
    let format = match cli.settings.format(&environment) {
        Ok(format) => format,
        Err(error) => return Format::Text.fail(&error),
    };
    match actix_web::rt::System::new().block_on(command::run(&cli, &environment, format)) {
        Ok(code) => code,
        Err(error) => format.fail(&error),
    }
}
