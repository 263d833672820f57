//! Circles in a graph of numbered nodes, and an order in which every node comes after what it depends on. It does not
//! know what the nodes are.

use std::{
    cmp::Reverse,
    collections::{BTreeSet, BinaryHeap},
};

/// For each node the nodes that it depends on.
pub(super) type Dependencies = Vec<BTreeSet<usize>>;

/// The number of the circle that each node is in; `None` for a node that does not depend on itself.
pub(super) fn circles(dependencies: &Dependencies) -> Vec<Option<usize>> {
    let mut search = Search {
        dependencies,
        found: vec![None; dependencies.len()],
        low: vec![0; dependencies.len()],
        open: Vec::new(),
        is_open: vec![false; dependencies.len()],
        circle: vec![None; dependencies.len()],
        circles: 0,
        count: 0,
    };
    for node in 0..dependencies.len() {
        search.visit(node);
    }
    search.circle
}

/// Tarjan's search for strongly connected components. It keeps its own stack: a chain may be as long as the request.
struct Search<'a> {
    dependencies: &'a Dependencies,
    found: Vec<Option<usize>>,
    low: Vec<usize>,
    open: Vec<usize>,
    is_open: Vec<bool>,
    circle: Vec<Option<usize>>,
    circles: usize,
    count: usize,
}

#[expect(
    clippy::indexing_slicing,
    reason = "every vector is as long as the graph, and nodes are numbers below its length"
)]
impl Search<'_> {
    fn visit(&mut self, root: usize) {
        if self.found[root].is_some() {
            return;
        }
        let dependencies = self.dependencies;
        self.enter(root);
        let mut path = vec![(root, dependencies[root].iter())];
        while let Some((node, rest)) = path.last_mut() {
            let node = *node;
            if let Some(&next) = rest.next() {
                match self.found[next] {
                    None => {
                        self.enter(next);
                        path.push((next, dependencies[next].iter()));
                    }
                    Some(at) if self.is_open[next] => self.low[node] = self.low[node].min(at),
                    Some(_) => {}
                }
                continue;
            }
            path.pop();
            if let Some((parent, _)) = path.last() {
                self.low[*parent] = self.low[*parent].min(self.low[node]);
            }
            if self.found[node] == Some(self.low[node]) {
                self.close(node);
            }
        }
    }

    fn enter(&mut self, node: usize) {
        self.found[node] = Some(self.count);
        self.low[node] = self.count;
        self.count += 1;
        self.open.push(node);
        self.is_open[node] = true;
    }

    fn close(&mut self, first: usize) {
        let from = self
            .open
            .iter()
            .rposition(|node| *node == first)
            .unwrap_or_default();
        let nodes = self.open.split_off(from);
        let is_circle = nodes.len() > 1 || self.dependencies[first].contains(&first);
        for node in nodes {
            self.is_open[node] = false;
            self.circle[node] = is_circle.then_some(self.circles);
        }
        self.circles += 1;
    }
}

/// An order of all nodes in which each comes after what it depends on, and otherwise the one of smaller `rank` first.
/// Nodes in a circle, and those behind it, are left out.
pub(super) fn order(dependencies: &Dependencies, rank: impl Fn(usize) -> usize) -> Vec<usize> {
    let mut dependants: Vec<Vec<usize>> = vec![Vec::new(); dependencies.len()];
    let mut open: Vec<usize> = dependencies.iter().map(BTreeSet::len).collect();
    for (node, needed) in dependencies.iter().enumerate() {
        for needed in needed {
            if let Some(dependants) = dependants.get_mut(*needed) {
                dependants.push(node);
            }
        }
    }
    let mut ready: BinaryHeap<_> = open
        .iter()
        .enumerate()
        .filter(|(_, open)| **open == 0)
        .map(|(node, _)| Reverse((rank(node), node)))
        .collect();
    let mut order = Vec::with_capacity(open.len());
    while let Some(Reverse((_, node))) = ready.pop() {
        order.push(node);
        for dependant in dependants.get(node).into_iter().flatten() {
            if let Some(open) = open.get_mut(*dependant) {
                *open -= 1;
                if *open == 0 {
                    ready.push(Reverse((rank(*dependant), *dependant)));
                }
            }
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(edges: &[&[usize]]) -> Dependencies {
        edges
            .iter()
            .map(|edges| edges.iter().copied().collect())
            .collect()
    }

    #[test]
    fn nodes_of_one_circle_have_one_number_and_all_others_none() {
        let found = circles(&graph(&[&[1], &[2], &[0, 3], &[], &[4], &[0], &[7], &[6]]));
        assert!(found[0].is_some() && found[0] == found[1] && found[1] == found[2]);
        assert!(found[3].is_none() && found[5].is_none());
        assert!(found[4].is_some() && found[4] != found[0]);
        assert!(found[6].is_some() && found[6] == found[7] && found[6] != found[4]);
    }

    #[test]
    fn a_long_chain_needs_no_deep_stack() {
        let length = 200_000;
        let chain: Dependencies = (0..length)
            .map(|node| BTreeSet::from([(node + 1) % length]))
            .collect();
        assert!(circles(&chain).iter().all(|circle| *circle == Some(0)));
    }

    #[test]
    fn an_order_follows_dependencies_and_else_ranks() {
        assert_eq!(order(&graph(&[&[2], &[], &[], &[0]]), |node| node), [1, 2, 0, 3]);
        assert_eq!(order(&graph(&[&[1], &[0], &[], &[1]]), |node| node), [2]);
    }
}
