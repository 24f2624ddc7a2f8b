package import Actors

/// Message: everything that goes out from some packages. All nodes must be there.
package struct AddRelations: ActorMessage, Equatable {
  package static let options = ActorOptions.packages

  package var packages: [PackageStanza]

  package init(packages: [PackageStanza]) { self.packages = packages }
}
