import NIOCore
import NIOSSL
import NIOTLS
import SwiftASN1
import X509

/// Watches the TLS handshake of a connection; stands directly after the TLS handler in the
/// pipeline. Enforces a timeout, because silent clients would otherwise use up the connections, and
/// records the client's certificate.
final class TLSHandshake: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let client: ClientConnection
    private let time: TimeAmount
    private var timeout: Scheduled<Void>?

    init(client: ClientConnection, timeout: Duration) {
        self.client = client
        time = TimeAmount(timeout)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        timeout = context.eventLoop.assumeIsolated().scheduleTask(in: time) {
            let pipeline = context.pipeline.syncOperations
            // Closes below the TLS handler, which would first exchange close_notify alerts.
            let socket = try? pipeline.context(handlerType: NIOSSLServerHandler.self)
            (socket ?? context).close(promise: nil)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timeout?.cancel()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timeout?.cancel()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event {
            timeout?.cancel()
            let certificate = try? context.pipeline.syncOperations.nioSSL_peerCertificate()
            client.certificateName = certificate.flatMap(\.subjectName)
        }
        context.fireUserInboundEventTriggered(event)
    }
}

extension NIOSSLCertificate {
    /// The common name of the subject, or the whole subject if it has none.
    fileprivate var subjectName: String? {
        guard let certificate = try? Certificate(derEncoded: toDERBytes()) else { return nil }
        let attributes = certificate.subject.flatMap { Array($0) }
        let name = attributes.last { $0.type == .RDNAttributeType.commonName }
        return name.flatMap { String($0.value) } ?? "\(certificate.subject)"
    }
}
