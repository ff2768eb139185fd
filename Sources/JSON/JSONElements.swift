public import NIOCore

/// Reads the elements of a top-level array one at a time, from a text that arrives in pieces.
///
/// Needs memory for one element and one piece, however long the text is. Checks every element, and
/// the text between and after them.
public struct JSONElements {
    private let read: () throws -> ByteBuffer?
    private let maximumDepth: Int
    private var buffer = ByteBuffer()
    /// The offset in the text of the buffer's first readable byte.
    private var offset = 0
    private var phase = Phase.before

    private enum Phase {
        case before, first, further, end
    }

    /// Creates a reader of a text.
    ///
    /// - Parameters:
    ///   - maximumDepth: How deep objects and arrays may be nested, including the top-level array.
    ///   - read: Returns the next piece of the text; `nil` at its end.
    public init(
        maximumDepth: Int = JSONOutline.maximumDepth, read: @escaping () throws -> ByteBuffer?
    ) {
        self.maximumDepth = maximumDepth
        self.read = read
    }

    /// Reads the next element.
    ///
    /// - Parameter recordedDepth: The number of levels of the element's members to record.
    /// - Returns: The next element; `nil` after the last, once the text was found to end there.
    /// - Throws: ``JSONError`` with the offset from the start of the text; the errors of `read`.
    public mutating func next(recordedDepth: Int) throws -> JSONOutline? {
        switch phase {
        case .before:
            guard try peek() == .openBracket else { throw JSONError(.unexpectedByte, at: offset) }
            skip(1)
            phase = .first
        case .first, .further: break
        case .end: return nil
        }
        switch try peek() {
        case .closeBracket: return try end()
        case .comma where phase == .further:
            skip(1)
            // A missing value after the comma is reported when the value is read.
            _ = try peek()
        case _ where phase == .further: throw JSONError(.unexpectedByte, at: offset)
        default: break
        }
        phase = .further
        return try element(recordedDepth: recordedDepth)
    }

    private mutating func element(recordedDepth: Int) throws -> JSONOutline {
        var length: Int?
        while length == nil {
            do {
                var scanner = JSONScanner(maximumDepth: maximumDepth)
                try scanner.skipValue(buffer.readableBytesUInt8Span, depth: 1)
                // A number at the end of a piece may continue in the next one.
                if scanner.position < buffer.readableBytes {
                    length = scanner.position
                } else {
                    length = try fill() ? nil : scanner.position
                }
            } catch let error as JSONError {
                // Text cut off at the end of a piece can look like any error.
                guard error.offset + Self.longestUnit >= buffer.readableBytes, try fill() else {
                    throw JSONError(error.reason, at: offset + error.offset)
                }
            }
        }
        let element = buffer.readSlice(length: length ?? 0) ?? ByteBuffer()
        defer { offset += element.readableBytes }
        return try JSONOutline(
            element, recordedDepth: recordedDepth, maximumDepth: maximumDepth - 1)
    }

    /// The longest unit that has to be complete to be checked: two escapes of a surrogate pair.
    private static var longestUnit: Int { 12 }

    private mutating func end() throws -> JSONOutline? {
        skip(1)
        phase = .end
        do {
            _ = try peek()
        } catch let error as JSONError where error.reason == .unexpectedEnd {
            return nil
        }
        throw JSONError(.trailingBytes, at: offset)
    }

    /// The next byte that is not white space; it becomes the first in the buffer.
    private mutating func peek() throws -> UInt8 {
        while true {
            while let byte = buffer.getInteger(at: buffer.readerIndex, as: UInt8.self) {
                switch byte {
                case .space, .lineFeed, .carriageReturn, .tab: skip(1)
                default: return byte
                }
            }
            guard try fill() else { throw JSONError(.unexpectedEnd, at: offset) }
        }
    }

    private mutating func skip(_ count: Int) {
        buffer.moveReaderIndex(forwardBy: count)
        offset += count
    }

    /// At least doubles the buffered text, so that a long element is not scanned too often.
    /// - Returns: false if the text has ended.
    private mutating func fill() throws -> Bool {
        let wanted = buffer.readableBytes * 2
        var isFurther = false
        repeat {
            guard var piece = try read() else { return isFurther }
            isFurther = isFurther || piece.readableBytes > 0
            if buffer.readableBytes == 0 {
                buffer = piece
            } else {
                buffer.discardReadBytes()
                buffer.writeBuffer(&piece)
            }
        } while buffer.readableBytes < wanted || !isFurther
        return true
    }
}
