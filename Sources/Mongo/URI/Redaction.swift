/// A text without the user names and passwords of the URIs in it, for logs and errors.
///
/// Whatever stands between `://` and the last `@` of the same word goes, so that a password that
/// somebody forgot to encode goes, too; and the values of options that are secrets.
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
