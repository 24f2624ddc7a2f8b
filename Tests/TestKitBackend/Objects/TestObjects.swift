import BoltDriver

/// What one test has made, by the ids that it knows them by.
final class TestObjects: Sendable {
  let drivers = ObjectTable<Driver>("driver")
  let sessions = ObjectTable<Session>("session")
  let transactions = ObjectTable<Transaction>("transaction")
  let results = ObjectTable<QueryResult>("result")
  let errors = ObjectTable<any Error>("error")
  let bookmarkManagers = ObjectTable<any BookmarkManager>("bookmark-manager")
  let tokenManagers = ObjectTable<any AuthTokenManager>("token-manager")
  let certificateProviders = ObjectTable<any ClientCertificateProvider>("certificate-provider")
}
