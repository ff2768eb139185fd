import Testing

/// The tests that go through a socket. One at a time: each runs a server, and some send a lot.
@Suite("Over a socket", .serialized)
enum OverASocket {}
