import HTTPTypes

/// A supported compression of a body.
enum ContentCoding: String {
    case gzip
    case deflate

    /// The coding of a request's body; `nil` means that the body is read as it is, also if the
    /// request names an unsupported coding.
    init?(of request: HTTPFields) {
        guard let value = request[.contentEncoding] else { return nil }
        let first = value.prefix { $0 != "," }.trimmed.lowercased()
        self.init(rawValue: first)
    }

    /// The coding for an answer: gzip if the client accepts it, because more clients decode it
    /// correctly than deflate; `nil` if the client accepts neither.
    init?(acceptedBy request: HTTPFields) {
        guard let value = request[.acceptEncoding] else { return nil }
        let weights = Self.weights(in: value)
        if (weights["gzip"] ?? weights["x-gzip"] ?? 0) > 0 {
            self = .gzip
        } else if (weights["deflate"] ?? 0) > 0 {
            self = .deflate
        } else if (weights["*"] ?? 0) > 0, weights["gzip"] == nil, weights["x-gzip"] == nil {
            self = .gzip
        } else {
            return nil
        }
    }

    /// The greatest weight of each coding that is named.
    private static func weights(in value: String) -> [String: Double] {
        var weights: [String: Double] = [:]
        for element in value.split(separator: ",") {
            let parts = element.split(separator: ";", maxSplits: 1)
            guard let name = parts.first?.trimmed.lowercased() else { continue }
            var weight = 1.0
            if parts.count > 1, let text = parts[1].split(separator: "=").last {
                weight = Double(text.trimmed) ?? 1
            }
            weights[name] = max(weight, weights[name] ?? 0)
        }
        return weights
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var text = self
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }
}
