import ArgumentParser

/// Prints the default configuration file.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Prints the default configuration file.",
        discussion: """
            Without --config and without a file in ./config the service runs with this configuration, but \
            listens on 127.0.0.1 unless HTTP_HOST is set. To change it:

              mkdir config
              jobsctl config > config/config.yml
            """)

    func run() {
        print(ConfigFile.builtInText, terminator: "")
    }
}
