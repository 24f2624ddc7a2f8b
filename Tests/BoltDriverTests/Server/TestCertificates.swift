import NIOSSL

@testable import BoltDriver

/// Certificates made for these tests, and used nowhere else. The certificates of servers share one key.
enum TestCertificates {
  /// The authority that signed the others.
  static let authority = """
    -----BEGIN CERTIFICATE-----
    MIIBVTCB+6ADAgECAgEBMAoGCCqGSM49BAMCMBkxFzAVBgNVBAMMDnRlc3QgYXV0
    aG9yaXR5MCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAZMRcwFQYD
    VQQDDA50ZXN0IGF1dGhvcml0eTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABOln
    Rm0kLMLhu8eIfAsVYymEA1grPhDSltvt6FPspX9T37rXRI+QHbw581KfyfhuCvd+
    wQKFfryo8VTmvcp0oLmjMjAwMA8GA1UdEwEB/wQFMAMBAf8wHQYDVR0OBBYEFGjl
    1aPKOtJ06nX2HvkwqTl0wEfRMAoGCCqGSM49BAMCA0kAMEYCIQCFox66RASTpjSn
    D9b+vqvtLyZ+u9Y6B9uiSDevzo+XGgIhAMdeBd3ZqV+SjjzdREEAyRTgmEFAN+h/
    UqVCeskBrNg+
    -----END CERTIFICATE-----
    """

  /// An authority that signed nothing.
  static let anotherAuthority = """
    -----BEGIN CERTIFICATE-----
    MIIBWzCCAQGgAwIBAgIBAjAKBggqhkjOPQQDAjAcMRowGAYDVQQDDBFhbm90aGVy
    IGF1dGhvcml0eTAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowHDEa
    MBgGA1UEAwwRYW5vdGhlciBhdXRob3JpdHkwWTATBgcqhkjOPQIBBggqhkjOPQMB
    BwNCAATK6cun68d78cQ0CInSMT6S5PBqcO/fvfihb8TgTj7zbGcnwNxFN9tHPybz
    Hmhjf+4dwdgxd9rqKz/1o2NxZtwZozIwMDAPBgNVHRMBAf8EBTADAQH/MB0GA1Ud
    DgQWBBRmHCnhf9BqIubqIbxTUPPAi1YZXzAKBggqhkjOPQQDAgNIADBFAiAlGFFC
    8htvz6baNtizdO+V1XBv26hDR79T8U2AjWG/mAIhANkYE//XqvplZP5RBqN1+PKH
    1OAhsGvVMsiGzSxgRCJ/
    -----END CERTIFICATE-----
    """

  /// For `localhost` and 127.0.0.1, until 2120.
  static let good = """
    -----BEGIN CERTIFICATE-----
    MIIBnTCCAUKgAwIBAgIBAzAKBggqhkjOPQQDAjAZMRcwFQYDVQQDDA50ZXN0IGF1
    dGhvcml0eTAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowFDESMBAG
    A1UEAwwJbG9jYWxob3N0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAELBuJRs9/
    81EVr+l/oTi1sOARzjT8SmSxFovpYHpySjrx2+cUM+RTtW8umvweNG93WUhMplxv
    kzdz/xYo31VHJKN+MHwwGgYDVR0RBBMwEYIJbG9jYWxob3N0hwR/AAABMAkGA1Ud
    EwQCMAAwEwYDVR0lBAwwCgYIKwYBBQUHAwEwHQYDVR0OBBYEFD9hoEgyMzIUbMJq
    xvVZ80Jewu8cMB8GA1UdIwQYMBaAFGjl1aPKOtJ06nX2HvkwqTl0wEfRMAoGCCqG
    SM49BAMCA0kAMEYCIQDzTyfiFzKy/0Sl+lPY1sYxjMda3dqgBMpLvPY+yELqkAIh
    AO0UDaakhVBue41G9bql4SpWKzGefzRB8dEwaG/274Wh
    -----END CERTIFICATE-----
    """

  /// For `graph.example` and 192.0.2.1, until 2120.
  static let ofAnotherHost = """
    -----BEGIN CERTIFICATE-----
    MIIBojCCAUigAwIBAgIBBDAKBggqhkjOPQQDAjAZMRcwFQYDVQQDDA50ZXN0IGF1
    dGhvcml0eTAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowFDESMBAG
    A1UEAwwJbG9jYWxob3N0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAELBuJRs9/
    81EVr+l/oTi1sOARzjT8SmSxFovpYHpySjrx2+cUM+RTtW8umvweNG93WUhMplxv
    kzdz/xYo31VHJKOBgzCBgDAeBgNVHREEFzAVgg1ncmFwaC5leGFtcGxlhwTAAAIB
    MAkGA1UdEwQCMAAwEwYDVR0lBAwwCgYIKwYBBQUHAwEwHQYDVR0OBBYEFD9hoEgy
    MzIUbMJqxvVZ80Jewu8cMB8GA1UdIwQYMBaAFGjl1aPKOtJ06nX2HvkwqTl0wEfR
    MAoGCCqGSM49BAMCA0gAMEUCIDb89NzyfdcIdv9RX+giv3VBloMDBTLqKV9jqvcg
    9tPIAiEAwVuU5mvurpE7PimwXX4HJaWUrVQrIo5OO5mAYNxmz8g=
    -----END CERTIFICATE-----
    """

  /// For `localhost` and 127.0.0.1, until 2020.
  static let expired = """
    -----BEGIN CERTIFICATE-----
    MIIBmzCCAUCgAwIBAgIBBTAKBggqhkjOPQQDAjAZMRcwFQYDVQQDDA50ZXN0IGF1
    dGhvcml0eTAeFw0yMDAxMDEwMDAwMDBaFw0yMDAyMDEwMDAwMDBaMBQxEjAQBgNV
    BAMMCWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABCwbiUbPf/NR
    Fa/pf6E4tbDgEc40/EpksRaL6WB6cko68dvnFDPkU7VvLpr8HjRvd1lITKZcb5M3
    c/8WKN9VRySjfjB8MBoGA1UdEQQTMBGCCWxvY2FsaG9zdIcEfwAAATAJBgNVHRME
    AjAAMBMGA1UdJQQMMAoGCCsGAQUFBwMBMB0GA1UdDgQWBBQ/YaBIMjMyFGzCasb1
    WfNCXsLvHDAfBgNVHSMEGDAWgBRo5dWjyjrSdOp19h75MKk5dMBH0TAKBggqhkjO
    PQQDAgNJADBGAiEAtUA+6FfMX5dqZnpeQeVqkUcpgUZjCSwkgt2V6JTrKEkCIQC3
    KrUrK71YFgw/EAvZWuOrjsaomYmElOAS0zeRgePEgg==
    -----END CERTIFICATE-----
    """

  private static let key = """
    -----BEGIN EC PRIVATE KEY-----
    MHcCAQEEIAyfjEDdOVBFEtVU8/g/vqC7D1O6fe+jhH0hCn1xAw3moAoGCCqGSM49
    AwEHoUQDQgAELBuJRs9/81EVr+l/oTi1sOARzjT8SmSxFovpYHpySjrx2+cUM+RT
    tW8umvweNG93WUhMplxvkzdz/xYo31VHJA==
    -----END EC PRIVATE KEY-----
    """

  /// The TLS of a server with one of these certificates.
  ///
  /// - Parameter clientAuthority: The authority that must have signed the clients' certificates; nil for a server that
  ///   asks clients for none.
  static func context(
    _ certificate: String, maximumVersion: TLSVersion? = nil, minimumVersion: TLSVersion = .tlsv12,
    clientAuthority: String? = nil
  ) throws -> NIOSSLContext {
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8)).map { .certificate($0) },
      privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem)))
    configuration.minimumTLSVersion = minimumVersion
    configuration.maximumTLSVersion = maximumVersion
    if let clientAuthority {
      configuration.certificateVerification = .noHostnameVerification
      configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(clientAuthority.utf8)))
    }
    return try NIOSSLContext(configuration: configuration)
  }
}
