import Actors
import TestSupport
import Testing

/// A broker that speaks nothing newer than TLS 1.1.
@Suite struct OldTLSTests {
  @Test func versionsOfTLSBelowOneTwoAreRefused() async throws {
    let node = try await PrivateBroker.start(
      configuration: ["ssl_options.versions.1=tlsv1.1", "ssl_handshake_timeout=5000"], tls: true)
    do {
      let port = try #require(node.tlsPort)
      // The node does speak it: with whoever takes it.
      let peer = try await run(
        "/bin/bash",
        [
          "-c",
          "openssl s_client -connect localhost:\(port) -CAfile \(node.authority) -tls1_1 "
            + "-cipher DEFAULT@SECLEVEL=0 -brief </dev/null",
        ], within: .seconds(30))
      #expect(peer.output.contains("TLSv1.1"), "\(peer.output)")
      let logs = LogCapture()
      try await withBroker(node.tlsURL, logs: logs) {
        $0.tls.caFile = node.authority
        $0.confirmTimeout = .seconds(2)
      } _: { broker in
        let outcome = await broker.publish([.text("never", to: uniqueName("tls"))])[0]
        guard case .unknown(let why) = outcome else {
          Issue.record("\(outcome)")
          return
        }
        #expect(why.contains("TLS 1.2"), "\(why)")
      }
      #expect(!logs.text.contains("guest:guest"))
    } catch {
      await node.dispose()
      throw error
    }
    await node.dispose()
  }
}
