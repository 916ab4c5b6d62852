//! Do rules mean what their authors wrote?
