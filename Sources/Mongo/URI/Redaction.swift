/// Removes the user names and passwords of URIs from a text, for logs and errors.
///
/// Replaces everything between `://` and the last `@` of a word, so that a password with an
/// unencoded `@` is removed too, and the values of secret options.
public func redactingCredentials(_ text: String) -> String {
    text.split(separator: " ", omittingEmptySubsequences: false).map(redactingWord)
        .joined(separator: " ")
}

private func redactingWord(_ word: Substring) -> String {
    var word = String(word)
    if let scheme = word.firstRange(of: "://"),
        let at = word[scheme.upperBound...].lastIndex(of: "@")
    {
        word.replaceSubrange(scheme.upperBound..<at, with: "***")
    }
    return word.split(separator: "&", omittingEmptySubsequences: false).map { option in
        guard let equals = option.firstIndex(of: "="), isSecret(option[..<equals]) else {
            return String(option)
        }
        return option[...equals] + "***"
    }.joined(separator: "&")
}

private func isSecret(_ optionName: Substring) -> Bool {
    let name = optionName.lowercased()
    return name.hasSuffix("password") || name.hasSuffix("authmechanismproperties")
}
