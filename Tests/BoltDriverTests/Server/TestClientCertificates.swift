import NIOSSL

@testable import BoltDriver

/// Certificates of clients, made for these tests, and used nowhere else.
enum TestClientCertificates {
  /// A certificate with its key.
  struct Pair: Sendable {
    let certificate: String
    let key: String
  }

  /// The authority that signed the first and the second.
  static let authority = """
    -----BEGIN CERTIFICATE-----
    MIIBbDCCARKgAwIBAgIUIhr9Lt+AhQf5WvnlojYYsa23HZQwCgYIKoZIzj0EAwIw
    GzEZMBcGA1UEAwwQY2xpZW50IGF1dGhvcml0eTAgFw0yMDAxMDEwMDAwMDBaGA8y
    MTIwMDEwMTAwMDAwMFowGzEZMBcGA1UEAwwQY2xpZW50IGF1dGhvcml0eTBZMBMG
    ByqGSM49AgEGCCqGSM49AwEHA0IABHj2QyGi/qwfBT6zdRVve38AeS9D+v9inOq8
    MgNFalu3Cwr0f/tTYzeQSDn70NXZ5vG6me6bFa6JtPxD1JZwUy2jMjAwMA8GA1Ud
    EwEB/wQFMAMBAf8wHQYDVR0OBBYEFI3Mw8hsaRRTYSdw0Yw7rEvRJLeYMAoGCCqG
    SM49BAMCA0gAMEUCIQDPvw7IR2C7Y5jaE9fhL4fGxvkBiBulnSKHV04+N12M5QIg
    QyKBSbvo6pD9tBI+X6lKZB6BW4Dn2XP3g8n7CqXKWYU=
    -----END CERTIFICATE-----
    """

  /// Known to the authority as `first client`.
  static let first = Pair(
    certificate: """
      -----BEGIN CERTIFICATE-----
      MIIBmDCCAT6gAwIBAgIUF5JKgk+XZQRAouiNfpD54V+XWYowCgYIKoZIzj0EAwIw
      GzEZMBcGA1UEAwwQY2xpZW50IGF1dGhvcml0eTAgFw0yMDAxMDEwMDAwMDBaGA8y
      MTIwMDEwMTAwMDAwMFowFzEVMBMGA1UEAwwMZmlyc3QgY2xpZW50MFkwEwYHKoZI
      zj0CAQYIKoZIzj0DAQcDQgAEZc9/kzybCCKsk4Cv7Tzmiqkzh9//e7d7+Jatmc3h
      vLZpNk3KM3mA70BvOrXmkb20/pXwCJoXfEyIW/i50Qv/+KNiMGAwCQYDVR0TBAIw
      ADATBgNVHSUEDDAKBggrBgEFBQcDAjAdBgNVHQ4EFgQU5q9N1vxUnt90wqAsetkz
      YNOvTFgwHwYDVR0jBBgwFoAUjczDyGxpFFNhJ3DRjDusS9Ekt5gwCgYIKoZIzj0E
      AwIDSAAwRQIgHqiIT7+zhoEd6Qf0jJiPSy8sXw1dpROTVgTV3tgyZyUCIQD9ol4q
      eiSCLPm/HAkvX97i/hqaoX6aElURRKyQKkRLVg==
      -----END CERTIFICATE-----
      """,
    key: """
      -----BEGIN EC PRIVATE KEY-----
      MHcCAQEEIOEA5YHFDgV44r2Gr2V+s3QJPyLR/olI+uxJEa/8kR3uoAoGCCqGSM49
      AwEHoUQDQgAEZc9/kzybCCKsk4Cv7Tzmiqkzh9//e7d7+Jatmc3hvLZpNk3KM3mA
      70BvOrXmkb20/pXwCJoXfEyIW/i50Qv/+A==
      -----END EC PRIVATE KEY-----
      """)

  /// Known to the authority as `second client`; the key has the password ``passwordOfSecond``.
  static let second = Pair(
    certificate: """
      -----BEGIN CERTIFICATE-----
      MIIBmDCCAT+gAwIBAgIUYcPdqsQ9VLdwm6fGGYcA25OLmREwCgYIKoZIzj0EAwIw
      GzEZMBcGA1UEAwwQY2xpZW50IGF1dGhvcml0eTAgFw0yMDAxMDEwMDAwMDBaGA8y
      MTIwMDEwMTAwMDAwMFowGDEWMBQGA1UEAwwNc2Vjb25kIGNsaWVudDBZMBMGByqG
      SM49AgEGCCqGSM49AwEHA0IABCaPQoWWOd5H1USPdGYU5ZVEgkssqqdiSnbYPk5Z
      E4Q1+yh1KeSwo0AdNL3M30yP91qnVgmcizFA4XeDz+qcG02jYjBgMAkGA1UdEwQC
      MAAwEwYDVR0lBAwwCgYIKwYBBQUHAwIwHQYDVR0OBBYEFIUzpQ83JkOPYTovD1df
      si4mV/TOMB8GA1UdIwQYMBaAFI3Mw8hsaRRTYSdw0Yw7rEvRJLeYMAoGCCqGSM49
      BAMCA0cAMEQCIAJk2zHbLMXEHkcxaIH35XoJjGbeeyR4ZPXOl0t0HWt4AiBMINNn
      dG4G8RQjncA4JEAmWTo15bjMwQjae3KMOM1pTg==
      -----END CERTIFICATE-----
      """,
    key: """
      -----BEGIN ENCRYPTED PRIVATE KEY-----
      MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAhPvOtk879p/QICCAAw
      DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEItpyi11wYjA7So0bxEK5VwEgZAb
      pL5KZaCL7MrxSa2OwmXwYfQW2kDAbzDzWT9s5souipTrnBjm/E+K9vKoUKTKD/Qd
      ULBxVTh660nbmMo3FTU2BT5T+5n3RBdmhSX/PccNjF41VE3mfcpTxMXLFzTDotuq
      MnNiSvhzVBts349DCccIeXm/3asPOspkMIA2g/ZF3C4bGjG7Bld/rI985yZ3yGs=
      -----END ENCRYPTED PRIVATE KEY-----
      """)

  /// What opens the key of the second.
  static let passwordOfSecond = "open-sesame"

  /// Signed by an authority that nobody knows.
  static let stranger = Pair(
    certificate: """
      -----BEGIN CERTIFICATE-----
      MIIBljCCATygAwIBAgIUR2DLx2/3mcQoqtJyaoVuS8fWKYUwCgYIKoZIzj0EAwIw
      HTEbMBkGA1UEAwwSc3RyYW5nZXIgYXV0aG9yaXR5MCAXDTIwMDEwMTAwMDAwMFoY
      DzIxMjAwMTAxMDAwMDAwWjATMREwDwYDVQQDDAhzdHJhbmdlcjBZMBMGByqGSM49
      AgEGCCqGSM49AwEHA0IABAqNFKqN/XXTlO+flF3yhLrOzDIv0dFUUntiIjQbo0db
      Nt9r7HKTETNZiI1zKCUfm9t0AK+8iz7dkHkD7f8JwtajYjBgMAkGA1UdEwQCMAAw
      EwYDVR0lBAwwCgYIKwYBBQUHAwIwHQYDVR0OBBYEFCkR5hJbJOb1UT7fWzKN8yF0
      fWxVMB8GA1UdIwQYMBaAFB/XO6VDWcsK+H0hHty8Vedz9kBqMAoGCCqGSM49BAMC
      A0gAMEUCIQC03+AXeiiKpiWQMomPmvpgXKk3GgJIuqUdAMu808tWdAIgTRX9LtP+
      z3zZDTaEq1hJdJWQGoVWsI2MQ0TmdMXE1yg=
      -----END CERTIFICATE-----
      """,
    key: """
      -----BEGIN EC PRIVATE KEY-----
      MHcCAQEEIGocWjzWLxqUGH0sEplxUfJknerQ5Exwrg0yXcprW+60oAoGCCqGSM49
      AwEHoUQDQgAECo0Uqo39ddOU75+UXfKEus7MMi/R0VRSe2IiNBujR1s232vscpMR
      M1mIjXMoJR+b23QAr7yLPt2QeQPt/wnC1g==
      -----END EC PRIVATE KEY-----
      """)
}
